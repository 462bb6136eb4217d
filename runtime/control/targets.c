/* SPDX-License-Identifier: MIT */
/* fovctl targets */
#include "grammar/json.h"
#include "runtime/control/server.h"
#include "runtime/control/table.h"
#include "runtime/control/when.h"

static const char *const names[] = {"address", "transport", "state", "failures", "until", "behind", "cause", NULL};

struct targets {
    struct control *control;
    struct table table;
};

static void add(struct targets *targets, struct slice json, const char *name) {
    struct slice value = SLICE_NULL;
    json_find(json, slice_of(name), &targets->control->arena, &value);
    table_text(&targets->table, value);
}

static void add_number(struct targets *targets, struct slice json, const char *name) {
    struct slice value;
    uint64_t number = 0;
    if (json_find(json, slice_of(name), &targets->control->arena, &value))
        slice_number(value, INT64_MAX, &number);
    table_number(&targets->table, (int64_t)number);
}

/* One that was never held down, or does not stand behind others, has none. */
static void add_time(struct targets *targets, struct slice json, const char *name) {
    char time[WHEN_TEXT];
    struct slice value;
    uint64_t number;
    bool known =
        json_find(json, slice_of(name), &targets->control->arena, &value) && slice_number(value, INT64_MAX, &number);
    table_text(&targets->table, known ? slice_of(when_text((int64_t)number, time)) : SLICE_NULL);
}

static int read_target(void *context, struct slice line) {
    struct targets *targets = context;
    struct slice value;
    if (!json_find(line, SLICE("address"), &targets->control->arena, &value))
        return 0; /* the line with their number */
    add(targets, line, "address");
    add(targets, line, "transport");
    add(targets, line, "state");
    add_number(targets, line, "failures");
    add_time(targets, line, "until_ms");
    add_time(targets, line, "behind_ms");
    add(targets, line, "cause");
    return 0;
}

int control_TARGETS(struct control *control) {
    struct targets targets = {.control = control};
    table_init(&targets.table, &control->arena, names);
    int code = server_ask(control, "targets", read_target, &targets);
    if (code != CONTROL_FINE)
        return code;
    return table_print(&targets.table, stdout, control->values[CONTROL_OPTION_JSON] != NULL) ? CONTROL_FINE
                                                                                             : control_no_memory();
}
