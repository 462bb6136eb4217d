/* SPDX-License-Identifier: MIT */
#include "runtime/control/registration.h"

#include "runtime/control/list.h"
#include "runtime/control/when.h"

#include <errno.h>

/* The contacts to remove are collected first: a table is not changed while it is read. */
struct contact {
    struct contact *next;
    struct slice text;
};

struct search {
    struct control *control;
    struct slice user, contact;
    struct contact *found;
};

static int find_contact(void *context, const struct store_row *row) {
    struct search *search = context;
    if (!slice_equal(row->binding.user, search->user) ||
        (search->contact.at && !slice_equal(row->binding.contact, search->contact)))
        return 0;
    struct contact *contact = arena_alloc(&search->control->arena, sizeof *contact);
    if (!contact)
        return -ENOMEM;
    *contact =
        (struct contact){.next = search->found, .text = arena_copy(&search->control->arena, row->binding.contact)};
    search->found = contact;
    return contact->text.at ? 0 : -ENOMEM;
}

int registration_remove(struct control *control, struct slice user, struct slice contact, unsigned *count) {
    struct search search = {.control = control, .user = user, .contact = contact};
    unsigned wrong = 0;
    int code = CONTROL_FINE, error = store_sqlite_each(control->store, STORE_BINDING, find_contact, &search, &wrong);
    *count = 0;
    if (error)
        return control_fail_store(control, CONTROL_READ, error);
    for (const struct contact *found = search.found; found && code == CONTROL_FINE; found = found->next) {
        const struct store_row row = {
            .kind = STORE_BINDING, .gone = true, .binding = {.user = user, .contact = found->text}};
        code = control_put(control, &row);
        ++*count;
    }
    return code;
}

static int remove_named(struct control *control, void *context) {
    unsigned *count = context;
    struct slice contact = slice_of(control->words[1]);
    int code = registration_remove(control, slice_of(control->words[0]), contact, count);
    if (code != CONTROL_FINE || *count)
        return code;
    return control_fail(CONTROL_WRONG, contact.at ? "%s has not registered %s" : "%s is not registered",
                        control->words[0], control->words[1]);
}

int control_REGISTRATION_DEL(struct control *control) {
    unsigned count = 0;
    int code = control_change(control, remove_named, &count);
    if (code == CONTROL_FINE)
        printf("%u contact%s removed\n", count, count == 1 ? "" : "s");
    return code;
}

static int list_contact(void *context, const struct store_row *row) {
    struct list *list = context;
    const struct store_binding *binding = &row->binding;
    char time[WHEN_TEXT], source[ENDPOINT_TEXT], q[16];
    const char *user = list->control->words[0];
    if (binding->expires <= when_now() || (user && !slice_equal(binding->user, slice_of(user))))
        return 0;
    snprintf(q, sizeof q, "%u.%03u", binding->q / 1000u, binding->q % 1000u);
    table_text(&list->table, binding->user);
    table_text(&list->table, binding->contact);
    table_text(&list->table, slice_of(q));
    table_text(&list->table, slice_of(when_text(binding->expires, time)));
    table_text(&list->table, slice_of(endpoint_text(&binding->received, source)));
    table_truth(&list->table, binding->nat);
    table_text(&list->table, binding->path.len ? binding->path : SLICE_NULL);
    return 0;
}

int control_REGISTRATION_LIST(struct control *control) {
    static const char *const names[] = {"user", "contact", "q", "expires", "source", "nat", "path", NULL};
    return list_print(control, STORE_BINDING, names, list_contact);
}
