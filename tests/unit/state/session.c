/* SPDX-License-Identifier: MIT */
#include "runtime/state/session.h"

#include "tests/unit/sip/failing_malloc.h"

#include <criterion/criterion.h>

enum { START = 50000, LONGEST = 600000, RULES = 8 };

static const struct hash_key key = {{7}};

struct table {
    struct timers *timers;
    struct sessions *sessions;
};

static struct table table_open(void) {
    struct table table = {.timers = timers_new()};
    cr_assert_not_null(table.timers);
    table.sessions = sessions_new(&key, table.timers, LONGEST, RULES);
    cr_assert_not_null(table.sessions);
    return table;
}

/* Everything has gone by itself when so much time has passed. */
static void table_close(struct table *table) {
    timers_run(table->timers, START + 10 * LONGEST);
    cr_expect_eq(sessions_count(table->sessions), 0);
    cr_expect_eq(sessions_live(table->sessions), 0);
    cr_expect_eq(sessions_routes(table->sessions), 0);
    cr_expect_eq(timers_due(table->timers), UINT64_MAX);
    sessions_free(table->sessions);
    timers_free(table->timers);
}

static struct session *start(struct table *table, const char *call, const char *route, struct session **holder,
                             uint64_t now) {
    struct session *session = session_new(table->sessions, slice_of(call), SLICE("caller"), slice_of(route), NULL);
    cr_assert_not_null(session);
    session_start(session, holder, now);
    return session;
}

static void hang_up(struct table *table, const char *call, const char *from, const char *to) {
    const struct session_dialog dialog = {slice_of(call), slice_of(from), slice_of(to)};
    sessions_hang_up(table->sessions, &dialog);
}

static void refresh(struct table *table, const char *call, uint64_t expires, uint64_t now) {
    const struct session_dialog dialog = {slice_of(call), SLICE("callee"), SLICE("caller")};
    sessions_refresh(table->sessions, &dialog, expires, now);
}

Test(session, nothing_counts_before_it_starts) {
    struct table table = table_open();
    struct session *session = session_new(table.sessions, SLICE("1"), SLICE("caller"), SLICE("gold"), NULL);
    cr_expect_eq(sessions_count(table.sessions), 0);
    cr_expect_eq(sessions_on_route(table.sessions, SLICE("gold")), 0);
    cr_expect_eq(sessions_rate(table.sessions, START), 0);
    session_drop(session);
    cr_expect_eq(sessions_routes(table.sessions), 0);
    table_close(&table);
}

Test(session, a_failed_call_ends_and_its_holder_knows) {
    struct table table = table_open();
    struct session *holder;
    session_end(start(&table, "1", "gold", &holder, START));
    cr_expect_null(holder);
    cr_expect_eq(sessions_count(table.sessions), 0);
    cr_expect_eq(sessions_on_route(table.sessions, SLICE("gold")), 0);
    cr_expect_eq(sessions_route_rate(table.sessions, SLICE("gold"), START + 999), 1);
    cr_expect_eq(sessions_route_rate(table.sessions, SLICE("gold"), START + 1000), 0);
    cr_expect_eq(sessions_routes(table.sessions), 0, "the name goes with the last start");
    table_close(&table);
}

Test(session, a_call_that_goes_away_takes_its_session_along_until_it_is_answered) {
    struct table table = table_open();
    struct session *ringing, *answered;
    start(&table, "1", NULL, &ringing, START);
    session_answered(start(&table, "2", NULL, &answered, START), SLICE("callee"), 0, START);
    session_release(ringing);
    session_release(answered);
    cr_expect_null(ringing);
    cr_expect_null(answered);
    cr_expect_eq(sessions_count(table.sessions), 1);
    hang_up(&table, "2", "caller", "callee");
    cr_expect_eq(sessions_count(table.sessions), 0);
    table_close(&table);
}

Test(session, a_dialog_is_found_from_both_sides_and_by_all_it_is_made_of) {
    static const struct {
        const char *call, *from, *to;
        bool known;
    } cases[] = {
        {"1", "caller", "callee", true},  {"1", "callee", "caller", true},  {"2", "caller", "callee", false},
        {"1", "callee", "callee", false}, {"1", "caller", "caller", false}, {"1", "caller", "Callee", false},
        {"1", "caller", "", false},       {"1caller", "", "callee", false},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct table table = table_open();
        struct session *holder;
        session_answered(start(&table, "1", NULL, &holder, START), SLICE("callee"), 0, START);
        hang_up(&table, cases[i].call, cases[i].from, cases[i].to);
        cr_expect_eq(sessions_count(table.sessions), !cases[i].known, "case %u", i);
        cr_expect_eq(holder == NULL, cases[i].known);
        table_close(&table);
    }
}

Test(session, two_that_look_alike_end_one_after_the_other) {
    struct table table = table_open();
    struct session *outer, *inner;
    session_answered(start(&table, "1", NULL, &outer, START), SLICE("callee"), 0, START);
    session_answered(start(&table, "1", NULL, &inner, START), SLICE("callee"), 0, START);
    for (unsigned left = 2; left; left--) {
        cr_expect_eq(sessions_count(table.sessions), left);
        hang_up(&table, "1", "caller", "callee");
    }
    cr_expect_eq(sessions_count(table.sessions), 0);
    hang_up(&table, "1", "caller", "callee");
    cr_expect_eq(sessions_count(table.sessions), 0);
    table_close(&table);
}

Test(session, it_ends_with_its_last_dialog_and_knows_so_many) {
    struct table table = table_open();
    struct session *session, *holder;
    static const char *const callees[] = {"a", "b", "c", "d", "e", "f"};
    session = start(&table, "1", NULL, &holder, START);
    for (unsigned i = 0; i < sizeof callees / sizeof *callees; i++)
        session_answered(session, slice_of(callees[i]), 0, START);
    hang_up(&table, "1", "caller", "f"); /* not known */
    for (unsigned i = 0; i < SESSION_DIALOGS; i++) {
        cr_expect_eq(sessions_count(table.sessions), 1);
        hang_up(&table, "1", callees[i], "caller");
        if (holder)
            session_answered(session, slice_of(callees[i]), 0, START); /* repeated: it does not come back */
    }
    cr_expect_null(holder);
    cr_expect_eq(sessions_count(table.sessions), 0);
    table_close(&table);
}

Test(session, expiry_is_bounded_on_both_sides) {
    static const struct {
        uint64_t expires, life;
    } cases[] = {
        {0, LONGEST}, {1, 90000}, {90, 90000}, {91, 91000}, {600, LONGEST}, {601, LONGEST}, {UINT32_MAX, LONGEST},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct table table = table_open();
        struct session *holder;
        session_answered(start(&table, "1", NULL, &holder, START), SLICE("callee"), cases[i].expires, START);
        timers_run(table.timers, START + cases[i].life - 1);
        cr_expect_eq(sessions_count(table.sessions), 1, "case %u", i);
        refresh(&table, "1", cases[i].expires, START + cases[i].life - 1);
        timers_run(table.timers, START + 2 * cases[i].life - 2);
        cr_expect_eq(sessions_count(table.sessions), 1, "case %u", i);
        timers_run(table.timers, START + 2 * cases[i].life - 1);
        cr_expect_eq(sessions_count(table.sessions), 0, "case %u", i);
        table_close(&table);
    }
}

Test(session, of_two_dialogs_the_longer_one_keeps_it) {
    struct table table = table_open();
    struct session *session, *holder;
    session = start(&table, "1", NULL, &holder, START);
    session_answered(session, SLICE("a"), 300, START);
    session_answered(session, SLICE("b"), 100, START);
    timers_run(table.timers, START + 299999);
    cr_expect_eq(sessions_count(table.sessions), 1);
    timers_run(table.timers, START + 300000);
    cr_expect_eq(sessions_count(table.sessions), 0);
    table_close(&table);
}

Test(session, the_window_slides_by_the_millisecond) {
    struct table table = table_open();
    struct session *holders[10];
    for (unsigned i = 0; i < 10; i++)
        start(&table, "1", i % 2 ? "odd" : NULL, &holders[i], START + 100 * i);
    for (unsigned i = 0; i < 10; i++) {
        uint64_t edge = START + 1000 + 100 * i;
        cr_expect_eq(sessions_rate(table.sessions, edge - 1), 10 - i);
        cr_expect_eq(sessions_rate(table.sessions, edge), 9 - i);
        cr_expect_eq(sessions_route_rate(table.sessions, SLICE("odd"), edge), 5 - (i + 1) / 2);
    }
    cr_expect_eq(sessions_on_route(table.sessions, SLICE("odd")), 5);
    for (unsigned i = 0; i < 10; i++)
        session_release(holders[i]);
    table_close(&table);
}

Test(session, each_rule_that_was_deployed_for_a_session_is_counted) {
    struct table table = table_open();
    struct outcome_rule first = {.rule = 3}, second = {.rule = 7, .next = &first};
    struct session *holders[3];
    for (unsigned i = 0; i < 3; i++) {
        struct session *session =
            session_new(table.sessions, SLICE("1"), SLICE("caller"), SLICE_NULL, i ? &second : &first);
        session_start(session, &holders[i], START + i);
        session_release(holders[i]);
    }
    cr_expect_eq(sessions_rule_rate(table.sessions, 3, START + 2), 3);
    cr_expect_eq(sessions_rule_rate(table.sessions, 7, START + 2), 2);
    cr_expect_eq(sessions_rule_rate(table.sessions, 0, START + 2), 0);
    cr_expect_eq(sessions_rule_rate(table.sessions, 3, START + 1000), 2);
    cr_expect_eq(sessions_rule_rate(table.sessions, 7, START + 1001), 1);
    cr_expect_eq(sessions_rule_rate(table.sessions, 7, START + 1002), 0);
    table_close(&table);
}

Test(session, names_are_what_they_are) {
    struct table table = table_open();
    struct session *holders[3];
    start(&table, "1", "gold", &holders[0], START);
    start(&table, "2", "Gold", &holders[1], START);
    start(&table, "3", "", &holders[2], START);
    cr_expect_eq(sessions_on_route(table.sessions, SLICE("gold")), 1);
    cr_expect_eq(sessions_on_route(table.sessions, SLICE("")), 1);
    cr_expect_eq(sessions_on_route(table.sessions, SLICE("golden")), 0);
    cr_expect_eq(sessions_routes(table.sessions), 3);
    for (unsigned i = 0; i < 3; i++)
        session_release(holders[i]);
    table_close(&table);
}

Test(session, without_memory_nothing_is_counted) {
    struct table table = table_open();
    struct outcome_rule rule = {.rule = 1};
    struct session *session, *holder;
    for (long left = 0; left < 2; left++) { /* the session, and its name */
        allocations_left = left;
        session = session_new(table.sessions, SLICE("1"), SLICE("caller"), SLICE("gold"), &rule);
        allocations_left = LONG_MAX;
        cr_expect_null(session);
    }
    session = start(&table, "1", "gold", &holder, START);
    allocations_left = 0;
    session_answered(session, SLICE("a"), 0, START);
    session_answered(session, SLICE("b"), 0, START); /* the dialog is not known */
    allocations_left = LONG_MAX;
    hang_up(&table, "1", "caller", "b");
    cr_expect_eq(sessions_count(table.sessions), 1);
    hang_up(&table, "1", "caller", "a");
    cr_expect_eq(sessions_count(table.sessions), 0);
    table_close(&table);
}

Test(session, a_table_goes_with_everything_in_it) {
    struct table table = table_open();
    struct session *holders[4];
    for (unsigned i = 0; i < 4; i++) {
        struct session *session = start(&table, "1", i % 2 ? "gold" : NULL, &holders[i], START + 600 * i);
        session_answered(session, SLICE("a"), 100, START);
        session_answered(session, SLICE("b"), 100, START);
        session_release(session);
    }
    hang_up(&table, "1", "a", "caller");
    sessions_free(table.sessions);
    cr_expect_eq(timers_due(table.timers), UINT64_MAX);
    timers_free(table.timers);
}
