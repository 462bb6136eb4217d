/* SPDX-License-Identifier: MIT */
#include "runtime/state/alias.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct hash_key key = {{1}};
static struct aliases *aliases;

static void open_aliases(void) {
    aliases = aliases_new(&key);
    cr_assert_not_null(aliases);
}

static void close_aliases(void) {
    aliases_free(aliases);
}

TestSuite(alias, .init = open_aliases, .fini = close_aliases);

static void put(const char *group, const char *alias, const char *entity) {
    const struct store_alias row = {slice_of(group), slice_of(alias), slice_of(entity)};
    cr_assert_eq(aliases_put(aliases, &row), 0);
}

static void drop(const char *group, const char *alias) {
    aliases_remove(aliases, slice_of(group), slice_of(alias));
}

/* NULL: none */
static bool entity_is(const char *group, const char *alias, const char *entity) {
    struct slice found = alias_entity(aliases, slice_of(group), slice_of(alias));
    return entity ? slice_equal(found, slice_of(entity)) : !found.at;
}

static bool alias_is(const char *group, const char *entity, const char *alias) {
    struct slice found = alias_of(aliases, slice_of(group), slice_of(entity));
    return alias ? slice_equal(found, slice_of(alias)) : !found.at;
}

Test(alias, stands_for_an_entity_of_its_group) {
    put("", "2001", "bob");
    put("sales", "2001", "ann");
    cr_expect(entity_is("", "2001", "bob") && entity_is("sales", "2001", "ann"));
    cr_expect(entity_is("support", "2001", NULL) && entity_is("", "200", NULL) && entity_is("", "sales2001", NULL));
    cr_expect(alias_is("", "bob", "2001") && alias_is("sales", "ann", "2001") && alias_is("", "ann", NULL));
}

Test(alias, the_first_of_several_answers_for_the_entity) {
    put("", "1", "bob");
    put("", "2", "bob");
    put("", "3", "bob");
    cr_expect(alias_is("", "bob", "1"));
    drop("", "2");
    cr_expect(alias_is("", "bob", "1"));
    drop("", "1");
    cr_expect(alias_is("", "bob", "3"));
    put("", "1", "bob");
    cr_expect(alias_is("", "bob", "3"));
    drop("", "3");
    drop("", "3");
    cr_expect(alias_is("", "bob", "1"));
    drop("", "1");
    cr_expect(alias_is("", "bob", NULL) && entity_is("", "1", NULL));
}

Test(alias, may_change_its_entity) {
    put("", "1", "bob");
    put("", "2", "bob");
    put("", "1", "ann");
    cr_expect(entity_is("", "1", "ann") && alias_is("", "ann", "1") && alias_is("", "bob", "2"));
}

/* Against a plain table, in which the oldest comes first. */
Test(alias, does_the_same_as_a_plain_table) {
    enum { NAMES = 12, ENTITIES = 3, STEPS = 5000 };
    static struct { unsigned alias, entity; } rows[NAMES];
    unsigned count = 0, random = 7;
    for (unsigned step = 0; step < STEPS; step++) {
        char alias[8], entity[8];
        random = random * 1103515245 + 12345;
        unsigned name = (random >> 8) % NAMES, of = (random >> 16) % ENTITIES;
        snprintf(alias, sizeof alias, "a%u", name);
        snprintf(entity, sizeof entity, "e%u", of);
        for (unsigned i = 0; i < count; i++)
            if (rows[i].alias == name) {
                memmove(&rows[i], &rows[i + 1], (count - i - 1) * sizeof *rows);
                count--;
                break;
            }
        if (random >> 24 & 1) {
            put("", alias, entity);
            rows[count].alias = name;
            rows[count++].entity = of;
        } else {
            drop("", alias);
        }
        for (unsigned e = 0; e < ENTITIES; e++) {
            unsigned first = 0;
            while (first < count && rows[first].entity != e)
                first++;
            snprintf(entity, sizeof entity, "e%u", e);
            snprintf(alias, sizeof alias, "a%u", first < count ? rows[first].alias : 0);
            cr_assert(alias_is("", entity, first < count ? alias : NULL), "step %u", step);
        }
    }
}
