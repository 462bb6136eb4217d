/* SPDX-License-Identifier: MIT */
#include "runtime/control/control.h"

#include <errno.h>
#include <stdarg.h>

enum { PATIENCE = 10000 }; /* ms for others' transactions to end */

int control_fail(enum control_exit code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("fovctl: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return code;
}

int control_no_memory(void) {
    return control_fail(CONTROL_BUG, "out of memory");
}

int control_fail_store(const struct control *control, enum control_exit code, int error) {
    if (error == -ENOMEM)
        return control_no_memory();
    return control_fail(code, "cannot %s %s: %s", code == CONTROL_WRITE ? "write" : "read",
                        store_sqlite_file(control->store), store_sqlite_reason(error));
}

int control_open(struct control *control, enum store_side side) {
    char reason[512];
    int result =
        store_sqlite_open(&control->store, control->values[CONTROL_OPTION_STATE_DIR], side, reason, sizeof reason);
    if (!result)
        return CONTROL_FINE;
    if (result == -ENOMEM)
        return control_no_memory();
    if (result == -ENOENT && side == STORE_READER)
        return control_fail(CONTROL_READ, "%s; the server makes it, or the first thing that is added", reason);
    return control_fail(side == STORE_READER || result == -EBADMSG ? CONTROL_READ : CONTROL_WRITE, "%s", reason);
}

int control_change(struct control *control, int (*change)(struct control *control, void *context), void *context) {
    int code = control->store ? CONTROL_FINE : control_open(control, STORE_TOOL);
    if (code != CONTROL_FINE)
        return code;
    int error = store_sqlite_begin(control->store, PATIENCE);
    if (error)
        return control_fail_store(control, CONTROL_WRITE, error);
    code = change(control, context);
    if (code == CONTROL_FINE) {
        error = store_sqlite_commit(control->store);
        if (!error)
            return CONTROL_FINE;
        code = control_fail_store(control, CONTROL_WRITE, error);
    }
    store_sqlite_rollback(control->store);
    return code;
}

int control_find(struct control *control, struct store_row *row) {
    int error = store_sqlite_find(control->store, row);
    return error ? control_fail_store(control, CONTROL_READ, error) : CONTROL_FINE;
}

int control_put(struct control *control, const struct store_row *row) {
    int error = store_sqlite_put(control->store, row);
    if (error == -EINVAL)
        return control_fail(CONTROL_WRONG, "a text is too long: %d bytes at most", STORE_TEXT_MAX);
    return error ? control_fail_store(control, CONTROL_WRITE, error) : CONTROL_FINE;
}
