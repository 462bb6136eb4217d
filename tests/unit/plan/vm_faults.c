/* SPDX-License-Identifier: MIT */
#include "runtime/plan/vm.h"

#include "tests/unit/plan/support/run.h"

Test(vm_faults, a_subject_of_4096_bytes_is_read_and_a_longer_one_is_a_bad_request) {
    static char value[4098];
    static const struct host_line lines[] = {{"X-Own", "short"}, {"X-Own", value}, {NULL, NULL}};
    for (size_t length = 4096; length <= 4097; length++) {
        memset(value, 'x', length);
        value[length] = '\0';
        begin();
        host_lines = lines;
        rule(a, 0, 0, "");
        condition(X_OWN, true, "y", 3);
        done_or_next();
        cr_assert_eq(evaluate(), length == 4096 ? VM_DONE : VM_BAD_REQUEST);
        cr_assert_eq(run.outcome.matched, length == 4096);
        cr_assert_eq(run.vm.why != NULL, length != 4096);
        end();
        begin(); /* a line before it that matches: it is not read */
        host_lines = lines;
        rule(a, 0, 0, "");
        condition(X_OWN, false, "short", 3);
        done_or_next();
        cr_assert_eq(evaluate(), VM_DONE);
        end();
    }
}

Test(vm_faults, a_capture_that_may_not_stand_there_is_a_bad_request_with_its_number) {
    static const struct host_line lines[] = {{"X-Own", "a@evil"}, {NULL, NULL}};
    begin();
    host_lines = lines;
    rule(a, 0, 2, "");
    op(a, OP_MATCH_HEADER, X_OWN, 0, compiled(a, "(a)(.+)", false));
    op(a, OP_UNLESS, 0, 0, 9);
    op(a, OP_KEEP, 0, 2, 0);
    op_text(a, "sip:");
    op(a, OP_CAPTURE, 1, IMAGE_PIECE_USER, 0);
    op_text(a, "@192.0.2.1");
    op(a, OP_JOIN, 0, 3, 0);
    op(a, OP_SET_TO, 0, 0, 0);
    done_or_next();
    cr_assert_eq(evaluate(), VM_BAD_REQUEST);
    cr_assert_eq(run.vm.capture, 2);
    cr_assert_eq(run.vm.rule, 0);
    cr_assert_eq(run.image.code[run.vm.pc].op, OP_CAPTURE);
    cr_assert(run.vm.why);
    end();
}

Test(vm_faults, a_word_can_fail_the_evaluation) {
    static const struct {
        enum word_result answer;
        enum vm_result result;
    } rows[] = {{WORD_FAULT, VM_FAULT}, {WORD_BAD_REQUEST, VM_BAD_REQUEST}, {WORD_NULL, VM_DONE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin();
        rule(a, 0, 0, "");
        op(a, OP_CALL, WORD_SID, 0, 0);
        op(a, OP_MATCH, 0, 1, compiled(a, "", false));
        op(a, OP_UNLESS, 0, 0, 4);
        done_or_next();
        host_sid = rows[i].answer;
        cr_assert_eq(evaluate(), rows[i].result);
        cr_assert_eq(run.vm.why != NULL, rows[i].result != VM_DONE);
        cr_assert_eq(run.outcome.matched, rows[i].result == VM_DONE);
        end();
    }
}

Test(vm_faults, a_header_that_cannot_be_read_is_a_fault) {
    static const enum opcode reading[] = {OP_HEADER, OP_PRESENT, OP_MATCH_HEADER};
    for (size_t i = 0; i < 3; i++) {
        begin();
        compiled(a, "x", false);
        rule(a, 0, 0, "");
        op(a, reading[i], TO, 0, 0);
        op(a, OP_UNLESS, 0, 0, 3);
        done_or_next();
        host_failure = -ENOMEM;
        cr_assert_eq(evaluate(), VM_FAULT);
        assert_text(slice_of(run.vm.why), "out of memory");
        end();
    }
}

Test(vm_faults, without_memory_there_is_a_fault_and_no_crash) {
    static const struct host_line lines[] = {
        {"To", "<sip:110@h>"}, {"X-Own", "abab"}, {"User-Agent", "x"}, {NULL, NULL}};
    unsigned faults = 0, limit = 1;
    for (; limit < 4096; limit++) {
        begin_empty();
        run.limit = limit;
        host_lines = lines;
        rich(a);
        enum vm_result result = evaluate();
        bool fault = result == VM_FAULT && slice_equal(slice_of(run.vm.why), SLICE("out of memory"));
        cr_assert(fault || result == VM_DONE, "%u", limit);
        faults += fault;
        end();
        if (!fault)
            break;
    }
    cr_assert_gt(faults, 100);
    cr_assert_lt(limit, 4096);
}

/* A request that takes too long is given up: here, each rule reads texts of 4 KiB for a pattern
 * that is slow on them. */
Test(vm_faults, the_step_budget_ends_what_takes_too_long) {
    static char value[4097];
    static const struct host_line lines[] = {{"X-Own", value}, {NULL, NULL}};
    memset(value, 'a', 4096);
    begin();
    host_lines = lines;
    uint32_t slow = compiled(a, "(?:a|b)+(?:a|b)+(?:a|b)+(?:a|b)+c", false);
    for (unsigned i = 0; i < 1000; i++) {
        rule(a, 0, 0, "");
        op(a, OP_MATCH_HEADER, X_OWN, 0, slow);
        op(a, OP_UNLESS, 0, 0, 3);
        done_or_next();
    }
    cr_assert_eq(evaluate(), VM_FAULT);
    assert_text(slice_of(run.vm.why), "the step budget ran out");
    cr_assert_eq(run.outcome.steps, VM_STEPS + VM_STEPS_RULE * 1000);
    cr_assert(run.vm.rule < 1000);
    end();
}

Test(vm_faults, both_lists_share_the_budget_and_the_outcome) {
    begin();
    rule(a, IMAGE_RULE_PRELIMINARY, 0, "");
    set_log("preliminary");
    op_text(a, "seen");
    op(a, OP_SET_ENV, BRANCH, 0, 0);
    done();
    rule(a, 0, 0, "");
    op(a, OP_ENV, BRANCH, 0, 0);
    op(a, OP_MATCH, 0, 0, compiled(a, "seen", false));
    op(a, OP_UNLESS, 0, 0, 5);
    op(a, OP_TARGETS, 0, 0, 0);
    done_or_next();
    verify();
    cr_assert_eq(run.image.preliminary_count, 1);
    cr_assert_eq(start(true), VM_DONE);
    cr_assert_eq(run.outcome.rule, 0);
    uint64_t steps = run.outcome.steps;
    cr_assert_gt(steps, 4);
    cr_assert_eq(start(false), VM_DONE);
    cr_assert_eq(run.outcome.rule, 1);
    assert_text(run.outcome.log, "preliminary");
    cr_assert_gt(run.outcome.steps, steps);
    end();
}
