/* SPDX-License-Identifier: MIT */
#include "runtime/plan/vm.h"

#include "tests/unit/plan/support/run.h"

Test(vm, the_first_rule_whose_conditions_hold_is_deployed) {
    begin();
    rule(a, 0, 0, "");
    condition(TO, false, "112", 5);
    set_log("first");
    done_or_next();
    rule(a, 0, 0, "");
    condition(TO, false, "911", 5);
    set_log("second");
    done_or_next();
    always();
    set_log("third");
    done();
    cr_assert_eq(evaluate(), VM_DONE);
    assert_text(run.outcome.log, "second");
    cr_assert_eq(run.outcome.rule, 1);
    cr_assert(run.outcome.matched);
    end();
}

Test(vm, without_a_rule_that_holds_nothing_is_decided) {
    begin();
    rule(a, 0, 0, "");
    condition(TO, false, "112", 5);
    set_log("first");
    done_or_next();
    cr_assert_eq(evaluate(), VM_DONE);
    cr_assert_not(run.outcome.matched);
    cr_assert_eq(run.outcome.rule, -1);
    cr_assert_null(run.outcome.log.at);
    end();
}

Test(vm, a_disabled_rule_is_not_evaluated) {
    begin();
    rule(a, IMAGE_RULE_DISABLED, 0, "");
    set_log("disabled");
    done();
    always();
    set_log("enabled");
    done();
    rule(a, IMAGE_RULE_DISABLED, 0, "");
    done();
    cr_assert_eq(evaluate(), VM_DONE);
    assert_text(run.outcome.log, "enabled");
    end();
}

Test(vm, a_rule_without_deploy_lines_stops_as_if_none_had_matched) {
    begin();
    always();
    set_log("seen");
    go_on();
    done();
    rule(a, IMAGE_RULE_EMPTY, 0, "");
    condition(TO, false, "911", 3);
    done_or_next();
    always();
    set_log("never");
    done();
    cr_assert_eq(evaluate(), VM_DONE);
    cr_assert_not(run.outcome.matched);
    cr_assert_eq(run.outcome.rule, 1);
    assert_text(run.outcome.log, "seen");
    end();
}

Test(vm, with_continue_later_rules_see_what_was_set) {
    begin();
    always();
    op_text(a, "new");
    op(a, OP_SET_HEADER, X_OWN, 0, 0);
    op_text(a, "added");
    op(a, OP_SET_HEADER, ABSENT, 0, 0);
    op_text(a, "sip:bob@192.0.2.7");
    op(a, OP_SET_TO, 0, 0, 0);
    op_text(a, "north");
    op(a, OP_SET_ENV, BRANCH, 0, 0);
    go_on();
    done();
    rule(a, 0, 0, "");
    condition(X_OWN, false, "^new$", 13);
    condition(X_OWN, true, "first|second", 13);
    condition(ABSENT, false, "added", 13);
    condition(TO, false, "^<sip:bob@192\\.0\\.2\\.7>$", 13);
    op(a, OP_ENV, BRANCH, 0, 0);
    op(a, OP_MATCH, 0, 0, compiled(a, "^north$", false));
    op(a, OP_UNLESS, 0, 0, 13);
    op(a, OP_TARGETS, 0, 0, 0);
    op(a, OP_DONE, 0, 0, 0);
    op(a, OP_NEXT, 0, 0, 0);
    cr_assert_eq(evaluate(), VM_DONE, "%s", run.vm.why);
    cr_assert_eq(run.outcome.rule, 1);
    cr_assert(run.outcome.matched);
    assert_text(run.outcome.to, "<sip:bob@192.0.2.7>");
    assert_text(run.outcome.to_uri, "sip:bob@192.0.2.7");
    end();
}

Test(vm, a_removed_header_is_absent_for_later_rules) {
    begin();
    always();
    op_text(a, "");
    op(a, OP_SET_HEADER, X_OWN, 0, 0);
    op_text(a, "north");
    op(a, OP_SET_ENV, BRANCH, 0, 0);
    op_text(a, "");
    op(a, OP_SET_ENV, BRANCH, 0, 0);
    go_on();
    done();
    rule(a, 0, 0, "");
    op(a, OP_PRESENT, X_OWN, 1, 0);
    op(a, OP_UNLESS, 0, 0, 13);
    op(a, OP_HEADER, X_OWN, 0, 0);
    op(a, OP_MATCH, 0, 1, compiled(a, "", false));
    op(a, OP_UNLESS, 0, 0, 13);
    op(a, OP_ENV, BRANCH, 0, 0);
    op(a, OP_MATCH, 0, 1, 0);
    op(a, OP_UNLESS, 0, 0, 13);
    condition(X_OWN, true, "", 13);
    set_log("absent");
    op(a, OP_DONE, 0, 0, 0);
    op(a, OP_NEXT, 0, 0, 0);
    cr_assert_eq(evaluate(), VM_DONE);
    assert_text(run.outcome.log, "absent");
    const struct outcome_header *set = outcome_header_set(&run.outcome, HEADER_OTHER, SLICE("X-OWN"));
    cr_assert(set && set->value.at && set->value.len == 0 && !set->next);
    cr_assert_null(run.outcome.variables);
    end();
}

Test(vm, continue_lasts_for_its_rule_and_the_last_deployed_rule_counts) {
    begin();
    always();
    set_log("first");
    go_on();
    done();
    rule(a, 0, 0, "");
    condition(TO, false, "112", 3);
    done_or_next();
    always();
    set_log("third");
    done();
    always();
    set_log("never");
    done();
    cr_assert_eq(evaluate(), VM_DONE);
    assert_text(run.outcome.log, "third");
    cr_assert_eq(run.outcome.rule, 2);
    end();
}

Test(vm, when_nothing_follows_a_continue_its_settings_route) {
    begin();
    always();
    set_log("first");
    go_on();
    done();
    rule(a, 0, 0, "");
    condition(TO, false, "112", 3);
    done_or_next();
    cr_assert_eq(evaluate(), VM_DONE);
    cr_assert(run.outcome.matched);
    cr_assert_eq(run.outcome.rule, 0);
    end();
}

Test(vm, any_line_of_a_header_satisfies_and_negation_is_of_exactly_that) {
    static const struct {
        uint16_t header;
        bool negated;
        const char *written;
        bool holds;
    } rows[] = {
        {X_OWN, false, "second", true},  {X_OWN, true, "second", false}, {X_OWN, false, "third", false},
        {X_OWN, true, "third", true},    {ABSENT, false, "", false},     {ABSENT, true, "", true},
        {CONTACT, false, "^<sip", true}, {FROM, false, "ann", true},     {X_OWN, false, "^first=1$", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin();
        rule(a, 0, 0, "");
        condition(rows[i].header, rows[i].negated, rows[i].written, 3);
        done_or_next();
        cr_assert_eq(evaluate(), VM_DONE);
        cr_assert_eq(run.outcome.matched, rows[i].holds, "row %zu", i);
        end();
    }
}

Test(vm, a_header_is_there_or_not) {
    static const struct {
        uint16_t header;
        bool negated, holds;
    } rows[] = {{X_OWN, false, true}, {X_OWN, true, false}, {ABSENT, false, false}, {ABSENT, true, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin();
        rule(a, 0, 0, "");
        op(a, OP_PRESENT, rows[i].header, rows[i].negated, 0);
        op(a, OP_UNLESS, 0, 0, 3);
        done_or_next();
        cr_assert_eq(evaluate(), VM_DONE);
        cr_assert_eq(run.outcome.matched, rows[i].holds, "row %zu", i);
        end();
    }
}

Test(vm, the_first_line_that_matches_gives_the_captures) {
    begin();
    rule(a, 0, 3, "");
    op(a, OP_MATCH_HEADER, X_OWN, 0, compiled(a, "(sec)ond=(.)(x)?", false));
    op(a, OP_UNLESS, 0, 0, 12);
    op(a, OP_KEEP, 0, 3, 0);
    op(a, OP_CAPTURE, 0, IMAGE_PIECE_LINE, 0);
    op_text(a, "/");
    op(a, OP_CAPTURE, 1, IMAGE_PIECE_LINE, 0);
    op_text(a, "/");
    op(a, OP_CAPTURE, 2, IMAGE_PIECE_LINE, 0);
    op(a, OP_NULL, 0, 0, 0);
    op(a, OP_JOIN, 0, 6, 0);
    op(a, OP_SET, VARIABLE_LOG, 0, 0);
    done_or_next();
    cr_assert_eq(evaluate(), VM_DONE);
    assert_text(run.outcome.log, "sec/2/");
    end();
}

Test(vm, a_later_failing_condition_does_not_retry_another_line) {
    begin();
    rule(a, 0, 1, "");
    op(a, OP_MATCH_HEADER, X_OWN, 0, compiled(a, "second=(.)", false));
    op(a, OP_UNLESS, 0, 0, 8);
    op(a, OP_KEEP, 0, 1, 0);
    op(a, OP_CAPTURE, 0, IMAGE_PIECE_TEXT, 0);
    op_text(a, "3");
    op(a, OP_CALL, WORD_MATH_EQ, 2, 0);
    op(a, OP_UNLESS, 0, 0, 8);
    done_or_next();
    cr_assert_eq(evaluate(), VM_DONE);
    cr_assert_not(run.outcome.matched);
    end();
}

Test(vm, captures_end_with_their_rule) {
    begin();
    rule(a, 0, 1, "");
    op(a, OP_MATCH_HEADER, TO, 0, compiled(a, "(911)", false));
    op(a, OP_UNLESS, 0, 0, 4);
    op(a, OP_KEEP, 0, 1, 0);
    op(a, OP_NEXT, 0, 0, 0);
    op(a, OP_NEXT, 0, 0, 0);
    rule(a, 0, 1, "");
    op(a, OP_CAPTURE, 0, IMAGE_PIECE_LINE, 0);
    op(a, OP_CALL, WORD_STR_LENGTH, 1, 0);
    op(a, OP_SET, VARIABLE_LOG, 0, 0);
    done();
    cr_assert_eq(evaluate(), VM_DONE);
    assert_text(run.outcome.log, "0");
    end();
}

Test(vm, a_pattern_with_inserts_takes_them_literally) {
    static const struct host_line lines[] = {{"X-Own", "a.c"}, {"From", "abc"}, {"To", "xa.cx"}, {NULL, NULL}};
    static const uint16_t read[] = {FROM, TO};
    for (size_t i = 0; i < 2; i++) {
        begin();
        host_lines = lines;
        rule(a, 0, 1, "");
        op(a, OP_MATCH_HEADER, X_OWN, 0, compiled(a, "(.+)", false));
        op(a, OP_UNLESS, 0, 0, 6);
        op(a, OP_KEEP, 0, 1, 0);
        op(a, OP_MATCH_HEADER, read[i], 0, compiled(a, "%1", true));
        op(a, OP_UNLESS, 0, 0, 6);
        done_or_next();
        cr_assert_eq(evaluate(), VM_DONE);
        cr_assert_eq(run.outcome.matched, i == 1, "%zu", i);
        end();
    }
}

Test(vm, null_fails_a_positive_pattern_and_satisfies_a_negated_one) {
    for (unsigned negated = 0; negated < 2; negated++) {
        begin();
        rule(a, 0, 0, "");
        op(a, OP_CALL, WORD_METHOD, 0, 0);
        op(a, OP_MATCH, 0, negated, compiled(a, "", false));
        op(a, OP_UNLESS, 0, 0, 4);
        done_or_next();
        cr_assert_eq(evaluate(), VM_DONE);
        cr_assert_eq(run.outcome.matched, negated == 1);
        end();
    }
}

Test(vm, only_true_is_true) {
    static const char *const texts[] = {"true", "True", "true ", "1", ""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        begin();
        rule(a, 0, 0, "");
        op_text(a, texts[i]);
        op(a, OP_UNLESS, 0, 0, 3);
        done_or_next();
        cr_assert_eq(evaluate(), VM_DONE);
        cr_assert_eq(run.outcome.matched, i == 0, "'%s'", texts[i]);
        end();
    }
}

Test(vm, a_word_that_waits_is_asked_again_and_nothing_is_done_twice) {
    begin();
    always();
    op_text(a, "session ");
    op_text(a, "ignored");
    op(a, OP_CALL, WORD_STR_TRIM, 1, 0);
    op(a, OP_SET, VARIABLE_LOG, 0, 0);
    op(a, OP_CALL, WORD_SID, 0, 0);
    op(a, OP_JOIN, 0, 2, 0);
    op(a, OP_SET, VARIABLE_LOG, 0, 0);
    done();
    verify();
    host_waits = 2;
    cr_assert_eq(start(false), VM_WAITING);
    cr_assert_eq(run.image.code[run.vm.pc].op, OP_CALL);
    cr_assert_eq(run.vm.depth, 1);
    assert_text(run.outcome.log, "ignored");
    cr_assert_eq(vm_resume(&run.vm), VM_WAITING);
    cr_assert_eq(vm_resume(&run.vm), VM_DONE);
    cr_assert_eq(host_calls, 3);
    assert_text(run.outcome.log, "session 17");
    end();
}

Test(vm, a_list_without_rules_decides_nothing) {
    begin();
    verify();
    cr_assert_eq(start(true), VM_DONE);
    cr_assert_eq(start(false), VM_DONE);
    cr_assert_not(run.outcome.matched);
    end();
}

Test(vm, a_pattern_can_be_asked_from_outside) {
    begin();
    compiled(a, "4..|503", false);
    verify();
    cr_assert(vm_matches(&run.image, 0, SLICE("486"), run.scratch));
    cr_assert(vm_matches(&run.image, 0, SLICE("503"), run.scratch));
    cr_assert_not(vm_matches(&run.image, 0, SLICE("500"), run.scratch));
    end();
}
