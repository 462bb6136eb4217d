/* SPDX-License-Identifier: MIT */
/* fovctl status */
#include "grammar/json.h"
#include "runtime/control/server.h"
#include "runtime/control/table.h"
#include "runtime/proxy/counters.h"

#include <errno.h>

struct status {
    struct control *control;
    struct table table;
};

/* A server of another version may not know it. */
static void add(struct status *status, struct slice json, const char *group, const char *name) {
    struct arena *arena = &status->control->arena;
    const char *path = arena_printf(arena, "%s%s%s", group, group[0] ? "." : "", name);
    struct slice value;
    if (!path || !json_find(json, slice_of(path), arena, &value))
        return;
    table_text(&status->table, slice_of(path));
    table_text(&status->table, value);
}

static int read_status(void *context, struct slice line) {
    static const char *const figures[] = {"version",       "pid",    "uptime_s", "draining", "plan",
                                          "rules",         "hash",   "calls",    "sessions", "transactions",
                                          "registrations", "blocks", "targets"};
    struct status *status = context;
    if (status->control->values[CONTROL_OPTION_JSON]) {
        printf("%.*s\n", SLICE_ARG(line));
        return 0;
    }
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        add(status, line, "", figures[i]);
    for (unsigned i = 0; i < COUNTER_COUNT; i++)
        add(status, line, "counters", counter_rows[i].name);
    for (enum cause i = CAUSE_NONE + 1; i < CAUSE_COUNT; i++)
        add(status, line, "causes", causes[i]);
    return table_print(&status->table, stdout, false) ? 0 : -ENOMEM;
}

int control_STATUS(struct control *control) {
    static const char *const names[] = {"name", "value", NULL};
    struct status status = {.control = control};
    table_init(&status.table, &control->arena, names);
    return server_ask(control, "status", read_status, &status);
}
