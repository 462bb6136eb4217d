/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/settings.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena arena;
static struct proxy_settings settings;
static struct settings_reader reader;

static void start(void) {
    arena_init(&arena, NULL, 0, 0);
    reader = (struct settings_reader){.settings = &settings, .arena = &arena};
}

static void end(void) {
    arena_free(&arena);
}

TestSuite(settings, .init = start, .fini = end);

Test(settings, are_read_by_the_types_of_their_rows) {
    static const struct {
        enum option option;
        const char *value, *expected; /* NULL: it is good */
    } rows[] = {
        {OPTION_T1, "250ms", NULL},
        {OPTION_T1, "0", "a time above zero"},
        {OPTION_T1, "25h", "a time above zero"},
        {OPTION_HOLD_DOWN, "30s", NULL},
        {OPTION_HOLD_DOWN, "never", "a time, as in 30s, or off"},
        {OPTION_MIN_EXPIRES, "2m", NULL},
        {OPTION_MIN_EXPIRES, "1500ms", "whole seconds"},
        {OPTION_MAX_CONTACTS, "32", NULL},
        {OPTION_MAX_CONTACTS, "33", "a number from 1 to 32"},
        {OPTION_MAX_CONTACTS, "0", "a number from 1 to 32"},
        {OPTION_MAX_REGISTRATIONS, "16777217", "a number from 1 to 16777216"},
        {OPTION_RELAY, "all", NULL},
        {OPTION_RELAY, "some", "none|all"},
        {OPTION_FAILOVER, "on", NULL},
        {OPTION_AUTH, "invite", NULL},
        {OPTION_AUTH, "calls", "none|register|invite|all"},
        {OPTION_ADVERTISE, "[2001:db8::1]:5070", NULL},
        {OPTION_ADVERTISE, "sip.example.net:0", "the port from 1 to 65535"},
        {OPTION_REALM, "a \"b\"", "without '\"'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *expected = settings_read(&reader, rows[i].option, rows[i].value);
        cr_assert_eq(expected != NULL, rows[i].expected != NULL, "row %zu", i);
        cr_expect(!expected || strstr(expected, rows[i].expected), "row %zu: %s", i, expected);
    }
    cr_expect(settings.timers.t1 == 250 && settings.hold_down == 30000 && settings.expires_least == 120);
    cr_expect(settings.contacts_max == 32 && settings.registrations_max == 0, "what is wrong changes nothing");
    cr_expect(settings.relay_all && settings.failover && settings.auth == AUTH_INVITE && !settings.realm.at);
    cr_expect(slice_equal(settings.advertise, SLICE("[2001:db8::1]")) && settings.advertise_port == 5070);
    cr_expect_null(settings_read(&reader, OPTION_HOLD_DOWN, "off"));
    cr_expect_null(settings_read(&reader, OPTION_FAILOVER, "off"));
    cr_expect(settings.hold_down == 0 && !settings.failover);
}

Test(settings, of_another_reader_are_gone_on_with_in_lists_of_its_own) {
    struct proxy_settings copies[2];
    struct settings_reader readers[2] = {{.arena = &arena}, {.arena = &arena}};
    static const char *const names[] = {"a.example", "b.example"};
    settings_read(&reader, OPTION_DOMAIN, "1.example");
    settings_read(&reader, OPTION_DOMAIN, "2.example");
    settings_read(&reader, OPTION_DOMAIN, "3.example"); /* of four that there is room for */
    settings_read(&reader, OPTION_ENV, "site=berlin");
    for (int i = 0; i < 2; i++) {
        copies[i] = settings;
        settings_go_on(&readers[i], &copies[i]);
        settings_read(&readers[i], OPTION_DOMAIN, names[i]);
    }
    settings_read(&readers[1], OPTION_ENV, "SITE=paris");
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(copies[i].domain_count, 4);
        cr_expect(slice_equal(copies[i].domains[2], SLICE("3.example")));
        cr_expect(slice_equal(copies[i].domains[3], slice_of(names[i])), "%d", i);
    }
    cr_expect_eq(settings.domain_count, 3);
    cr_expect(slice_equal(copies[0].presets[0].value, SLICE("berlin")));
    cr_expect(copies[1].preset_count == 1 && slice_equal(copies[1].presets[0].value, SLICE("paris")));
}

Test(settings, are_the_proxys_own) {
    cr_expect(settings_has(OPTION_T1) && settings_has(OPTION_ENV));
    cr_expect(!settings_has(OPTION_LISTEN) && !settings_has(OPTION_CDR) && !settings_has(OPTION_HELP));
}
