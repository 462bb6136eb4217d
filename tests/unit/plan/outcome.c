/* SPDX-License-Identifier: MIT */
#include "runtime/plan/outcome.h"

#include <criterion/criterion.h>

/* The values of language.md, section 5. */
Test(outcome, a_fresh_outcome_holds_the_documented_defaults) {
    struct arena arena;
    struct outcome outcome;
    arena_init(&arena, NULL, 0, 0);
    outcome_init(&outcome, &arena);
    cr_assert_eq(outcome.failover.inviting, 10000);
    cr_assert_eq(outcome.failover.provisional, 20000);
    cr_assert_eq(outcome.failover.ringing, 0);
    cr_assert_eq(outcome.failover.total, 0);
    cr_assert_eq(outcome.failover.response, OUTCOME_NO_PATTERN);
    cr_assert_not(outcome.failover.response_set);
    cr_assert(outcome.failover.redirection);
    cr_assert_eq(outcome.failover.redirect_hosts, OUTCOME_NO_PATTERN);
    cr_assert_not(outcome.failover.keep_to);
    cr_assert_eq(outcome.failover.after, AFTER_18X);
    cr_assert_eq(outcome.failover.pick, RESPONSE_BEST);
    cr_assert(outcome.replace_uri);
    cr_assert_eq(outcome.transport, TRANSPORT_NONE);
    cr_assert_eq(outcome.rule, -1);
    cr_assert(!outcome.matched && !outcome.session && !outcome.drop && !outcome.go_on);
    cr_assert_eq(outcome.code, 0);
    cr_assert_eq(outcome.steps, 0);
    cr_assert(!outcome.to.at && !outcome.request.at && !outcome.log.at && !outcome.reason.at);
    cr_assert(!outcome.set && !outcome.replies && !outcome.variables && !outcome.targets && !outcome.alternates);
}

Test(outcome, a_header_is_found_by_its_row_or_else_by_its_name) {
    struct outcome outcome;
    struct outcome_header own = {SLICE("X-Own"), HEADER_OTHER, SLICE("1"), NULL};
    struct outcome_header contact = {SLICE("m"), HEADER_CONTACT, SLICE("2"), &own};
    outcome_init(&outcome, NULL);
    cr_assert_null(outcome_header_set(&outcome, HEADER_CONTACT, SLICE("Contact")));
    outcome.set = &contact;
    cr_assert_eq(outcome_header_set(&outcome, HEADER_CONTACT, SLICE("Contact")), &contact);
    cr_assert_eq(outcome_header_set(&outcome, HEADER_OTHER, SLICE("x-oWN")), &own);
    cr_assert_null(outcome_header_set(&outcome, HEADER_OTHER, SLICE("X-Other")));
    cr_assert_null(outcome_header_set(&outcome, HEADER_FROM, SLICE("From")));
}
