/* SPDX-License-Identifier: MIT */
/* fovctl block ... */
#include "runtime/control/control.h"
#include "runtime/control/list.h"
#include "runtime/control/when.h"

static int read_address(const struct control *control, struct store_row *row) {
    *row = (struct store_row){.kind = STORE_BLOCK};
    if (ip_parse(&row->block.ip, slice_of(control->words[0])))
        return CONTROL_FINE;
    return control_fail(CONTROL_WRONG, "\"%s\" is no address, as 192.0.2.1 or 2001:db8::1 are", control->words[0]);
}

static int put_block(struct control *control, void *context) {
    return control_put(control, context);
}

int control_BLOCK_ADD(struct control *control) {
    const char *time = control->values[CONTROL_OPTION_FOR];
    struct store_row row;
    uint32_t milliseconds = 0;
    int code = read_address(control, &row);
    if (code != CONTROL_FINE)
        return code;
    if (time && (!duration_parse(&milliseconds, slice_of(time)) || milliseconds == 0))
        return control_fail(CONTROL_WRONG, "--for cannot be \"%s\": expected a time above zero, up to 24h", time);
    row.block.expires = time ? when_now() + milliseconds : 0;
    return control_change(control, put_block, &row);
}

static int remove_block(struct control *control, void *context) {
    struct store_row *row = context;
    int code = control_find(control, row);
    if (code != CONTROL_FINE)
        return code;
    if (row->gone)
        return control_fail(CONTROL_WRONG, "%s is not blocked", control->words[0]);
    row->gone = true;
    return control_put(control, row);
}

int control_BLOCK_DEL(struct control *control) {
    struct store_row row;
    int code = read_address(control, &row);
    return code == CONTROL_FINE ? control_change(control, remove_block, &row) : code;
}

static int list_block(void *context, const struct store_row *row) {
    struct list *list = context;
    char ip[IP_TEXT], time[WHEN_TEXT];
    if (row->block.expires && row->block.expires <= when_now())
        return 0;
    table_text(&list->table, slice_of(ip_format(&row->block.ip, ip)));
    table_text(&list->table, row->block.expires ? slice_of(when_text(row->block.expires, time)) : SLICE_NULL);
    return 0;
}

int control_BLOCK_LIST(struct control *control) {
    static const char *const names[] = {"address", "until", NULL};
    return list_print(control, STORE_BLOCK, names, list_block);
}
