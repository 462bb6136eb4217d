/* SPDX-License-Identifier: MIT */
/* fovctl alias ... */
#include "grammar/source.h"
#include "runtime/control/import.h"
#include "runtime/control/list.h"

static const char *text_fault(struct slice text, bool may_be_empty) {
    if (text.len == 0 && !may_be_empty)
        return "alias and entity cannot be empty";
    if (text.len > STORE_TEXT_MAX)
        return "a text is too long: 4096 bytes at most";
    return utf8_is_text(text) ? NULL : "a text is no UTF-8, or has a control character";
}

static const char *alias_fault(const struct store_alias *alias) {
    const char *fault = text_fault(alias->alias, false);
    if (!fault)
        fault = text_fault(alias->entity, false);
    return fault ? fault : text_fault(alias->group, true);
}

static struct store_row named_row(const struct control *control) {
    struct store_row row = {.kind = STORE_ALIAS, .alias = {.alias = slice_of(control->words[0])}};
    const char *group = control->values[CONTROL_OPTION_GROUP];
    row.alias.group = group ? slice_of(group) : SLICE_EMPTY;
    return row;
}

static int add_alias(struct control *control, void *context) {
    struct store_row row = named_row(control), old = row;
    (void)context;
    int code = control_find(control, &old);
    if (code != CONTROL_FINE)
        return code;
    if (!old.gone)
        return control_fail(CONTROL_WRONG, "%s is an alias of %.*s already", control->words[0],
                            SLICE_ARG(old.alias.entity));
    row.alias.entity = slice_of(control->words[1]);
    return control_put(control, &row);
}

int control_ALIAS_ADD(struct control *control) {
    struct store_row row = named_row(control);
    row.alias.entity = slice_of(control->words[1]);
    const char *fault = alias_fault(&row.alias);
    return fault ? control_fail(CONTROL_WRONG, "%s", fault) : control_change(control, add_alias, NULL);
}

static int remove_alias(struct control *control, void *context) {
    struct store_row row = named_row(control);
    (void)context;
    int code = control_find(control, &row);
    if (code != CONTROL_FINE)
        return code;
    if (row.gone)
        return control_fail(CONTROL_WRONG, "there is no alias %s%s%s", control->words[0],
                            row.alias.group.len ? " in the group " : "",
                            row.alias.group.len ? control->values[CONTROL_OPTION_GROUP] : "");
    row.gone = true;
    return control_put(control, &row);
}

int control_ALIAS_DEL(struct control *control) {
    return control_change(control, remove_alias, NULL);
}

static int list_alias(void *context, const struct store_row *row) {
    struct list *list = context;
    table_text(&list->table, row->alias.alias);
    table_text(&list->table, row->alias.entity);
    table_text(&list->table, row->alias.group);
    return 0;
}

int control_ALIAS_LIST(struct control *control) {
    static const char *const names[] = {"alias", "entity", "group", NULL};
    return list_print(control, STORE_ALIAS, names, list_alias);
}

static const char *import_row(struct import *import, const struct csv_record *record, struct store_row *row) {
    struct arena *arena = &import->control->arena;
    struct store_alias alias = {
        .alias = record->fields[0],
        .entity = record->fields[1],
        .group = record->count > 2 ? record->fields[2] : SLICE_EMPTY,
    };
    const char *fault = alias_fault(&alias);
    if (fault)
        return fault;
    *row = (struct store_row){.kind = STORE_ALIAS};
    row->alias.alias = arena_copy(arena, alias.alias);
    row->alias.entity = arena_copy(arena, alias.entity);
    row->alias.group = arena_copy(arena, alias.group);
    return row->alias.alias.at && row->alias.entity.at && row->alias.group.at ? NULL : "out of memory";
}

static int put_imported(struct control *control, void *context) {
    const struct import *import = context;
    int code = CONTROL_FINE;
    for (unsigned i = 0; i < import->count && code == CONTROL_FINE; i++)
        code = control_put(control, &import->rows[i]);
    return code;
}

int control_ALIAS_IMPORT(struct control *control) {
    static const char *const columns[] = {"alias", "entity", "group", NULL};
    struct import import = {.control = control, .file = control->words[0], .columns = columns, .least = 2};
    import.row = import_row;
    int code = import_read(&import);
    if (code == CONTROL_FINE)
        code = control_change(control, put_imported, &import);
    if (code == CONTROL_FINE)
        printf("%u alias%s imported\n", import.count, import.count == 1 ? "" : "es");
    return code;
}
