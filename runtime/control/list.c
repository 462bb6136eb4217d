/* SPDX-License-Identifier: MIT */
#include "runtime/control/list.h"

#include <string.h>

int list_print(struct control *control, enum store_kind kind, const char *const *names, store_reader *reader) {
    struct list list = {.control = control};
    unsigned wrong = 0;
    int code = control_open(control, STORE_READER);
    if (code != CONTROL_FINE)
        return code;
    table_init(&list.table, &control->arena, names);
    int error = store_sqlite_each(control->store, kind, reader, &list, &wrong);
    if (error)
        return control_fail_store(control, CONTROL_READ, error);
    if (wrong)
        fprintf(stderr, "fovctl: warning: %u damaged row%s passed over\n", wrong, wrong == 1 ? " was" : "s were");
    if (!table_print(&list.table, stdout, control->values[CONTROL_OPTION_JSON] != NULL))
        return control_no_memory();
    return CONTROL_FINE;
}
