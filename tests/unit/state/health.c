/* SPDX-License-Identifier: MIT */
#include "runtime/state/health.h"

#include "tests/unit/sip/failing_malloc.h"

#include <criterion/criterion.h>

enum { START = 70000, MOST = 4, HOLD = 1000 };

static const struct hash_key key = {{9}};

static struct endpoint at(unsigned port) {
    struct endpoint endpoint = {.port = (uint16_t)port, .transport = TRANSPORT_UDP};
    cr_assert(ip_parse(&endpoint.ip, SLICE("192.0.2.1")));
    return endpoint;
}

static enum health_advice ask(struct health *health, unsigned port, uint64_t now) {
    const struct endpoint endpoint = at(port);
    return health_ask(health, &endpoint, now);
}

static uint32_t fail(struct health *health, unsigned port, enum cause cause, bool trial, uint64_t now) {
    const struct endpoint endpoint = at(port);
    return health_failed(health, &endpoint, &(const struct health_failure){cause, HOLD, trial}, now);
}

static bool respond(struct health *health, unsigned port) {
    const struct endpoint endpoint = at(port);
    return health_responded(health, &endpoint);
}

static void leave(struct health *health, unsigned port) {
    const struct endpoint endpoint = at(port);
    health_untried(health, &endpoint);
}

static bool is_behind(struct health *health, unsigned port, uint64_t now) {
    const struct endpoint endpoint = at(port);
    return health_is_behind(health, &endpoint, now);
}

static bool busy(struct health *health, unsigned port, uint32_t ms, uint64_t now) {
    const struct endpoint endpoint = at(port);
    return health_busy(health, &endpoint, ms, now);
}

static struct health *open_health(void) {
    struct health *health = health_new(&key, MOST);
    cr_assert_not_null(health);
    return health;
}

Test(health, the_third_silence_in_a_row_holds_down) {
    struct health *health = open_health();
    cr_expect_eq(ask(health, 1, START), HEALTH_GOOD);
    cr_expect_eq(fail(health, 1, CAUSE_TIMEOUT_INVITING, false, START), 0);
    cr_expect_eq(ask(health, 1, START), HEALTH_FAILED);
    cr_expect_eq(fail(health, 1, CAUSE_TIMEOUT_INVITING, false, START), 0);
    cr_expect_eq(fail(health, 1, CAUSE_TIMEOUT_INVITING, false, START), HOLD);
    cr_expect_eq(ask(health, 1, START), HEALTH_HELD);
    cr_expect_eq(ask(health, 1, START + HOLD - 1), HEALTH_HELD);
    cr_expect_eq(ask(health, 2, START), HEALTH_GOOD);
    health_free(health);
}

Test(health, one_failure_of_the_transport_is_enough) {
    struct health *health = open_health();
    cr_expect_eq(fail(health, 1, CAUSE_UNREACHABLE, false, START), HOLD);
    cr_expect_eq(ask(health, 1, START), HEALTH_HELD);
    health_free(health);
}

Test(health, a_response_resets_the_count) {
    struct health *health = open_health();
    fail(health, 1, CAUSE_TIMEOUT_INVITING, false, START);
    fail(health, 1, CAUSE_TIMEOUT_INVITING, false, START);
    cr_expect_not(respond(health, 1), "it was not held down yet");
    cr_expect_eq(health_count(health, START), 0);
    cr_expect_eq(fail(health, 1, CAUSE_TIMEOUT_INVITING, false, START), 0);
    cr_expect_not(respond(health, 2));
    health_free(health);
}

Test(health, one_trial_at_a_time) {
    struct health *health = open_health();
    fail(health, 1, CAUSE_UNREACHABLE, false, START);
    cr_expect_eq(ask(health, 1, START + HOLD), HEALTH_TRIAL);
    cr_expect_eq(ask(health, 1, START + HOLD), HEALTH_HELD);
    cr_expect_eq(ask(health, 1, START + 100 * HOLD), HEALTH_HELD);
    leave(health, 1);
    cr_expect_eq(ask(health, 1, START + HOLD), HEALTH_TRIAL);
    cr_expect(respond(health, 1));
    cr_expect_eq(ask(health, 1, START + HOLD), HEALTH_GOOD);
    leave(health, 1);
    health_free(health);
}

Test(health, failed_trials_double_the_time_up_to_ten_times) {
    static const uint32_t times[] = {2 * HOLD, 4 * HOLD, 8 * HOLD, 10 * HOLD, 10 * HOLD};
    struct health *health = open_health();
    uint64_t now = START;
    uint32_t held = fail(health, 1, CAUSE_UNREACHABLE, false, now);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        now += held;
        cr_assert_eq(ask(health, 1, now), HEALTH_TRIAL);
        held = fail(health, 1, CAUSE_TIMEOUT_INVITING, true, now);
        cr_expect_eq(held, times[i]);
    }
    health_free(health);
}

Test(health, a_trial_is_judged_by_the_time_of_its_own_rule) {
    struct health *health = open_health();
    const struct endpoint endpoint = at(1);
    const struct health_failure first = {CAUSE_UNREACHABLE, 100, false}, longer = {CAUSE_UNREACHABLE, 5000, true},
                                shorter = {CAUSE_UNREACHABLE, 10, true};
    health_failed(health, &endpoint, &first, START);
    cr_assert_eq(ask(health, 1, START + 100), HEALTH_TRIAL);
    cr_expect_eq(health_failed(health, &endpoint, &longer, START + 100), 5000);
    cr_assert_eq(ask(health, 1, START + 5100), HEALTH_TRIAL);
    cr_expect_eq(health_failed(health, &endpoint, &shorter, START + 5100), 100);
    health_free(health);
}

Test(health, only_the_trial_prolongs) {
    struct health *health = open_health();
    fail(health, 1, CAUSE_UNREACHABLE, false, START);
    cr_expect_eq(fail(health, 1, CAUSE_TIMEOUT_INVITING, false, START + 10), 0, "began before");
    cr_assert_eq(ask(health, 1, START + HOLD), HEALTH_TRIAL);
    cr_expect_eq(fail(health, 1, CAUSE_UNREACHABLE, false, START + HOLD), 0, "not the one");
    cr_expect_eq(ask(health, 1, START + HOLD), HEALTH_HELD, "that one is still under way");
    const struct health_target *target = health_first(health, START);
    cr_expect(target->failures == 3 && target->cause == CAUSE_UNREACHABLE && target->trial);
    health_free(health);
}

Test(health, of_too_many_the_one_whose_last_failure_is_the_oldest_is_forgotten) {
    struct health *health = open_health();
    for (unsigned port = 1; port <= MOST; port++)
        fail(health, port, CAUSE_UNREACHABLE, false, START + port);
    fail(health, 1, CAUSE_TIMEOUT_INVITING, false, START + 10);
    fail(health, 5, CAUSE_UNREACHABLE, false, START + 11);
    cr_expect_eq(health_count(health, START), MOST);
    cr_expect_eq(ask(health, 2, START + 11), HEALTH_GOOD);
    cr_expect_eq(ask(health, 1, START + 11), HEALTH_HELD);
    static const unsigned order[] = {5, 1, 4, 3};
    const struct health_target *target = health_first(health, START);
    for (size_t i = 0; i < MOST; i++, target = health_next(target, START))
        cr_expect_eq(target->at.port, order[i]);
    cr_expect_null(target);
    health_free(health);
}

Test(health, it_says_since_when_what_was_good_may_not_be) {
    struct health *health = open_health();
    cr_expect_eq(health_newest(health), 0);
    fail(health, 1, CAUSE_TIMEOUT_INVITING, false, START);
    fail(health, 1, CAUSE_TIMEOUT_INVITING, false, START + 5);
    cr_expect_eq(health_newest(health), START);
    fail(health, 2, CAUSE_TIMEOUT_INVITING, false, START + 7);
    cr_expect_eq(health_newest(health), START + 7);
    health_free(health);
}

Test(health, a_failure_stands_behind_its_equals_for_a_minute_unless_it_is_heard_of) {
    struct health *health = open_health();
    fail(health, 1, CAUSE_TIMEOUT_INVITING, false, START);
    cr_expect(is_behind(health, 1, START + HEALTH_BEHIND - 1));
    cr_expect_not(is_behind(health, 1, START + HEALTH_BEHIND));
    cr_expect_not(is_behind(health, 2, START));
    fail(health, 1, CAUSE_TIMEOUT_INVITING, false, START + 1);
    cr_expect(is_behind(health, 1, START + HEALTH_BEHIND), "each failure has its minute");
    respond(health, 1);
    cr_expect_not(is_behind(health, 1, START + 2));
    health_free(health);
}

Test(health, one_that_is_busy_says_for_how_long_and_is_held_down_no_more) {
    struct health *health = open_health();
    cr_expect_not(busy(health, 1, 5 * HEALTH_BEHIND, START));
    cr_expect(is_behind(health, 1, START + 5 * HEALTH_BEHIND - 1));
    cr_expect_eq(fail(health, 1, CAUSE_UNREACHABLE, false, START), HOLD);
    cr_expect(is_behind(health, 1, START + 5 * HEALTH_BEHIND - 1), "a shorter time takes nothing away");
    cr_assert_eq(ask(health, 1, START + HOLD), HEALTH_TRIAL);
    cr_expect(busy(health, 1, 0, START + HOLD));
    cr_expect_eq(ask(health, 1, START + HOLD), HEALTH_FAILED);
    const struct health_target *target = health_first(health, START + HOLD);
    cr_expect(target->failures == 0 && target->until == 0 && !target->trial && target->cause == CAUSE_RESPONSE);
    health_free(health);
}

Test(health, where_hold_down_is_off_failures_do_not_count_towards_it) {
    struct health *health = open_health();
    const struct endpoint endpoint = at(1);
    const struct health_failure failure = {CAUSE_UNREACHABLE, 0, false};
    for (int i = 0; i < 4; i++)
        cr_expect_eq(health_failed(health, &endpoint, &failure, START), 0);
    cr_expect_eq(health_look(health, &endpoint, START), HEALTH_FAILED);
    cr_expect_eq(ask(health, 1, START), HEALTH_FAILED);
    cr_expect(is_behind(health, 1, START));
    cr_expect_eq(fail(health, 1, CAUSE_UNREACHABLE, false, START), HOLD);
    cr_assert_eq(health_look(health, &endpoint, START + HOLD), HEALTH_FAILED);
    cr_expect_eq(ask(health, 1, START + HOLD), HEALTH_TRIAL, "who only looks is no trial");
    health_free(health);
}

Test(health, when_the_time_is_over_nothing_is_left_of_one_that_does_not_count) {
    struct health *health = open_health();
    const uint64_t over = START + HEALTH_BEHIND;
    busy(health, 1, HEALTH_BEHIND, START);
    fail(health, 2, CAUSE_TIMEOUT_INVITING, false, START);
    busy(health, 3, HEALTH_BEHIND, START);
    cr_expect_eq(health_count(health, over - 1), 3);
    cr_expect_eq(health_count(health, over), 1);
    cr_expect_eq(health_first(health, over)->at.port, 2);
    cr_expect_eq(ask(health, 1, over), HEALTH_GOOD);
    busy(health, 3, HEALTH_BEHIND, over + 9);
    cr_expect_eq(health_newest(health), over + 9, "it is news again");
    health_free(health);
}

Test(health, transports_and_families_are_destinations_of_their_own) {
    struct health *health = open_health();
    struct endpoint tcp = at(1), six = at(1), link = at(1);
    tcp.transport = TRANSPORT_TCP;
    cr_assert(ip_parse(&six.ip, SLICE("2001:db8::1")));
    link.scope = 3;
    fail(health, 1, CAUSE_UNREACHABLE, false, START);
    cr_expect_eq(health_ask(health, &tcp, START), HEALTH_GOOD);
    cr_expect_eq(health_ask(health, &six, START), HEALTH_GOOD);
    cr_expect_eq(health_ask(health, &link, START), HEALTH_GOOD);
    health_free(health);
}

Test(health, without_memory_nothing_is_remembered_and_nothing_is_lost) {
    struct health *health = open_health();
    fail(health, 1, CAUSE_UNREACHABLE, false, START);
    allocations_left = 0;
    cr_expect_eq(fail(health, 2, CAUSE_UNREACHABLE, false, START), 0);
    allocations_left = LONG_MAX;
    cr_expect_eq(ask(health, 2, START), HEALTH_GOOD);
    cr_expect_eq(ask(health, 1, START), HEALTH_HELD);
    health_free(health);
}
