/* SPDX-License-Identifier: MIT */
#include "runtime/plan/deploy.h"

#include "tests/unit/plan/support/run.h"

/* Runs one unconditional rule that sets a variable. */
static enum vm_result set_variable(enum variable variable, const char *first, const char *second) {
    begin();
    always();
    op_text(a, first);
    op(a, OP_SET, variable, 0, 0);
    if (second) {
        op_text(a, second);
        op(a, OP_SET, variable, 0, 0);
    }
    done();
    return evaluate();
}

Test(deploy, an_answer_is_a_code_with_or_without_a_reason_or_none) {
    static const struct {
        enum variable variable;
        const char *value;
        enum vm_result result;
        unsigned code;
        const char *reason; /* NULL: the usual one */
        bool drop;
    } rows[] = {
        {VARIABLE_ACTION, "406", VM_DONE, 406, NULL, false},
        {VARIABLE_ACTION, "drop", VM_DONE, 0, NULL, true},
        {VARIABLE_ACTION, "DROP", VM_DONE, 0, NULL, true},
        {VARIABLE_ACTION, "686", VM_DONE, 686, NULL, false},
        {VARIABLE_ACTION, "200", VM_DONE, 200, NULL, false},
        {VARIABLE_ACTION, "199", VM_FAULT, 0, NULL, false},
        {VARIABLE_ACTION, "700", VM_FAULT, 0, NULL, false},
        {VARIABLE_ACTION, "406 No", VM_FAULT, 0, NULL, false},
        {VARIABLE_ACTION, "block it", VM_FAULT, 0, NULL, false},
        {VARIABLE_RESPONSE, "480", VM_DONE, 480, NULL, false},
        {VARIABLE_RESPONSE, "480 Try later", VM_DONE, 480, "Try later", false},
        {VARIABLE_RESPONSE, "drop", VM_DONE, 0, NULL, true},
        {VARIABLE_RESPONSE, "Try later", VM_FAULT, 0, NULL, false},
        {VARIABLE_RESPONSE, "180 Ringing", VM_FAULT, 0, NULL, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert_eq(set_variable(rows[i].variable, rows[i].value, NULL), rows[i].result, "%s", rows[i].value);
        cr_assert_eq(run.outcome.code, rows[i].code, "%s", rows[i].value);
        cr_assert_eq(run.outcome.drop, rows[i].drop, "%s", rows[i].value);
        cr_assert_eq(run.outcome.reason.at != NULL, rows[i].reason != NULL, "%s", rows[i].value);
        if (rows[i].reason)
            assert_text(run.outcome.reason, rows[i].reason);
        cr_assert_eq(run.vm.why != NULL, rows[i].result == VM_FAULT);
        end();
    }
}

Test(deploy, the_later_answer_counts_and_an_empty_one_takes_it_back) {
    cr_assert_eq(set_variable(VARIABLE_RESPONSE, "480 Try later", "drop"), VM_DONE);
    cr_assert(run.outcome.drop && run.outcome.code == 0 && !run.outcome.reason.at);
    end();
    cr_assert_eq(set_variable(VARIABLE_RESPONSE, "drop", "486"), VM_DONE);
    cr_assert(!run.outcome.drop && run.outcome.code == 486);
    end();
    cr_assert_eq(set_variable(VARIABLE_RESPONSE, "480 Try later", ""), VM_DONE);
    cr_assert(!run.outcome.drop && run.outcome.code == 0 && !run.outcome.reason.at);
    end();
}

Test(deploy, variables_are_read_by_their_kind_and_an_empty_value_is_the_default) {
    cr_assert_eq(set_variable(VARIABLE_TRANSPORT, "tls", NULL), VM_DONE);
    cr_assert_eq(run.outcome.transport, TRANSPORT_TLS);
    end();
    cr_assert_eq(set_variable(VARIABLE_TRANSPORT, "TCP", ""), VM_DONE);
    cr_assert_eq(run.outcome.transport, TRANSPORT_NONE);
    end();
    cr_assert_eq(set_variable(VARIABLE_TRANSPORT, "SCTP", NULL), VM_FAULT);
    end();
    cr_assert_eq(set_variable(VARIABLE_REPLACEURI, "False", NULL), VM_DONE);
    cr_assert_not(run.outcome.replace_uri);
    end();
    cr_assert_eq(set_variable(VARIABLE_REPLACEURL, "false", ""), VM_DONE);
    cr_assert(run.outcome.replace_uri);
    end();
    cr_assert_eq(set_variable(VARIABLE_REPLACEURI, "no", NULL), VM_FAULT);
    end();
    cr_assert_eq(set_variable(VARIABLE_CONTINUE, "yes", NULL), VM_FAULT);
    end();
    cr_assert_eq(set_variable(VARIABLE_REQUEST, "sip:bob@192.0.2.1", NULL), VM_DONE);
    assert_text(run.outcome.request, "sip:bob@192.0.2.1");
    end();
    cr_assert_eq(set_variable(VARIABLE_REQUEST, "sip:bob@192.0.2.1", ""), VM_DONE);
    cr_assert_null(run.outcome.request.at);
    end();
    cr_assert_eq(set_variable(VARIABLE_REQUEST, "bob", NULL), VM_FAULT);
    end();
    cr_assert_eq(set_variable(VARIABLE_LOG, "text # with signs", NULL), VM_DONE);
    assert_text(run.outcome.log, "text # with signs");
    end();
    cr_assert_eq(set_variable(VARIABLE_LOG, "text", ""), VM_DONE);
    cr_assert_null(run.outcome.log.at);
    end();
}

Test(deploy, to_is_judged_as_a_whole) {
    static const struct {
        const char *value;
        enum vm_result result;
    } rows[] = {{"sip:bob@192.0.2.1", VM_DONE}, {"bob", VM_FAULT}, {"", VM_FAULT}, {"sip:", VM_FAULT}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin();
        always();
        op_text(a, rows[i].value);
        op(a, OP_SET_TO, 0, 0, 0);
        done();
        cr_assert_eq(evaluate(), rows[i].result, "%s", rows[i].value);
        cr_assert_eq(run.outcome.to.at != NULL, rows[i].result == VM_DONE);
        cr_assert_eq(run.outcome.matched, rows[i].result == VM_DONE);
        end();
    }
}

Test(deploy, a_header_has_one_entry_and_the_last_value) {
    begin();
    always();
    op_text(a, "one");
    op(a, OP_SET_HEADER, X_OWN, 0, 0);
    op_text(a, "<sip:x@192.0.2.1>");
    op(a, OP_SET_HEADER, CONTACT, 0, 0);
    op_text(a, "two");
    op(a, OP_SET_HEADER, X_OWN, 0, 0);
    op_text(a, "reply");
    op(a, OP_SET_REPLY, X_OWN, 0, 0);
    done();
    cr_assert_eq(evaluate(), VM_DONE);
    const struct outcome_header *first = run.outcome.set, *second = first->next;
    assert_text(first->name, "x-own");
    assert_text(first->value, "two");
    cr_assert_eq(first->header, HEADER_OTHER);
    cr_assert_eq(second->header, HEADER_CONTACT);
    cr_assert_null(second->next);
    cr_assert_eq(outcome_header_set(&run.outcome, HEADER_CONTACT, SLICE("m")), second);
    cr_assert_null(outcome_header_set(&run.outcome, HEADER_OTHER, SLICE("X-Absent")));
    assert_text(run.outcome.replies->value, "reply");
    cr_assert_null(run.outcome.replies->next);
    end();
}

Test(deploy, a_header_that_must_stay_cannot_be_emptied_and_max_forwards_is_a_number) {
    static const struct {
        uint16_t header;
        const char *value;
        enum vm_result result;
    } rows[] = {{FROM, "", VM_FAULT},
                {CONTACT, "", VM_FAULT},
                {X_OWN, "", VM_DONE},
                {MAX_FORWARDS, "", VM_DONE},
                {MAX_FORWARDS, "0", VM_DONE},
                {MAX_FORWARDS, "255", VM_DONE},
                {MAX_FORWARDS, "256", VM_FAULT},
                {MAX_FORWARDS, "x", VM_FAULT},
                {FROM, "<sip:a@b>", VM_DONE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin();
        always();
        op_text(a, rows[i].value);
        op(a, OP_SET_HEADER, rows[i].header, 0, 0);
        done();
        cr_assert_eq(evaluate(), rows[i].result, "row %zu", i);
        end();
    }
}

/* What a function answers may hold anything: $getSIPuser of a header that was folded oddly, or
 * worse. */
Test(deploy, no_value_holds_a_control_character) {
    static const struct host_line lines[] = {{"X-Own", "a\r\nVia: evil"}, {NULL, NULL}};
    static const struct {
        enum opcode op;
        unsigned b;
    } rows[] = {{OP_SET_HEADER, X_OWN}, {OP_SET_REPLY, X_OWN}, {OP_SET_TO, 0},   {OP_SET_ENV, BRANCH},
                {OP_SET, VARIABLE_LOG}, {OP_TARGET, 0},        {OP_ALTERNATE, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin();
        host_lines = lines;
        always();
        op(a, OP_HEADER, X_OWN, 0, 0);
        op(a, rows[i].op, rows[i].b, 0, 0);
        done();
        cr_assert_eq(evaluate(), VM_FAULT, "row %zu", i);
        assert_text(slice_of(run.vm.why), "the value holds a control character");
        end();
    }
}

Test(deploy, targets_and_alternates_keep_their_order_and_empty_ones_are_left_out) {
    begin();
    always();
    op_text(a, "192.0.2.9");
    op(a, OP_TARGET, 0, 0, 0);
    op(a, OP_TARGETS, 0, 0, 0);
    op_text(a, "192.0.2.1");
    op(a, OP_TARGET, 0, 0, 0);
    op_text(a, "");
    op(a, OP_TARGET, 0, 0, 0);
    op_text(a, "192.0.2.2:5080");
    op(a, OP_TARGET, 0, 0, 0);
    op(a, OP_FAILOVER, 0, 0, 0);
    op_text(a, "sip:a@192.0.2.3");
    op(a, OP_ALTERNATE, 0, 1 + TRANSPORT_WSS, 0);
    op_text(a, "sip:b@192.0.2.4");
    op(a, OP_ALTERNATE, 0, 0, 0);
    done();
    cr_assert_eq(evaluate(), VM_DONE);
    const struct outcome_target *target = run.outcome.targets, *alternate = run.outcome.alternates;
    assert_text(target->text, "192.0.2.1");
    assert_text(target->next->text, "192.0.2.2:5080");
    cr_assert_null(target->next->next);
    cr_assert(run.outcome.session);
    assert_text(alternate->text, "sip:a@192.0.2.3");
    cr_assert_eq(alternate->transport, TRANSPORT_WSS);
    assert_text(alternate->next->text, "sip:b@192.0.2.4");
    cr_assert_eq(alternate->next->transport, TRANSPORT_NONE);
    end();
}

Test(deploy, an_entry_that_is_no_destination_is_a_fault) {
    static const enum opcode ops[] = {OP_TARGET, OP_ALTERNATE};
    for (size_t i = 0; i < 2; i++) {
        begin();
        always();
        op_text(a, "two words");
        op(a, ops[i], 0, 0, 0);
        done();
        cr_assert_eq(evaluate(), VM_FAULT);
        end();
    }
}

Test(deploy, a_session_can_be_turned_off_again) {
    begin();
    always();
    op(a, OP_FAILOVER, 0, 0, 0);
    op_text(a, "sip:a@192.0.2.3");
    op(a, OP_ALTERNATE, 0, 0, 0);
    op(a, OP_FAILOVER, 0, 1, 0);
    done();
    cr_assert_eq(evaluate(), VM_DONE);
    cr_assert_not(run.outcome.session);
    cr_assert_null(run.outcome.alternates);
    end();
}

Test(deploy, failover_settings_are_set_and_taken_back) {
    static const struct {
        enum failover_setting setting;
        uint32_t value;
        size_t offset;
    } rows[] = {{FAILOVER_TIMER_INVITING, 30000, offsetof(struct outcome_failover, inviting)},
                {FAILOVER_TIMER_PROVISIONAL, 500, offsetof(struct outcome_failover, provisional)},
                {FAILOVER_TIMER_RINGING, 20000, offsetof(struct outcome_failover, ringing)},
                {FAILOVER_TIMER_TOTAL, 60000, offsetof(struct outcome_failover, total)}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (unsigned back = 0; back < 2; back++) {
            struct outcome fresh;
            outcome_init(&fresh, NULL);
            begin();
            always();
            op(a, OP_FAILOVER_NUMBER, rows[i].setting, 0, rows[i].value);
            if (back)
                op(a, OP_FAILOVER_DEFAULT, rows[i].setting, 0, 0);
            done();
            cr_assert_eq(evaluate(), VM_DONE);
            uint32_t set, usual;
            memcpy(&set, (char *)&run.outcome.failover + rows[i].offset, sizeof set);
            memcpy(&usual, (char *)&fresh.failover + rows[i].offset, sizeof usual);
            cr_assert_eq(set, back ? usual : rows[i].value, "row %zu", i);
            end();
        }
    }
}

Test(deploy, failover_choices_and_patterns_reach_the_outcome) {
    begin();
    compiled(a, "x", false);
    uint32_t fours = compiled(a, "4..", false), hosts = compiled(a, "^10\\.", false);
    always();
    op(a, OP_FAILOVER_PATTERN, FAILOVER_PATTERN_RESPONSE, 0, fours);
    op(a, OP_FAILOVER_PATTERN, FAILOVER_REDIRECTION_HOSTS, 0, hosts);
    op(a, OP_FAILOVER_NUMBER, FAILOVER_REDIRECTION, 0, 0);
    op(a, OP_FAILOVER_NUMBER, FAILOVER_TO, 0, 1);
    op(a, OP_FAILOVER_NUMBER, FAILOVER_AFTER, 0, 1);
    op(a, OP_FAILOVER_NUMBER, FAILOVER_RESPONSE, 0, 1);
    go_on();
    done();
    cr_assert_eq(evaluate(), VM_DONE);
    const struct outcome_failover *failover = &run.outcome.failover;
    cr_assert(failover->response == fours && failover->response_set && failover->redirect_hosts == hosts);
    cr_assert(!failover->redirection && failover->keep_to);
    cr_assert_eq(failover->after, AFTER_100);
    cr_assert_eq(failover->pick, RESPONSE_LAST);
    end();
}

Test(deploy, a_pattern_of_responses_that_was_taken_back_is_as_never_set) {
    begin();
    compiled(a, "4..", false);
    always();
    op(a, OP_FAILOVER_PATTERN, FAILOVER_PATTERN_RESPONSE, 0, 0);
    op(a, OP_FAILOVER_DEFAULT, FAILOVER_PATTERN_RESPONSE, 0, 0);
    done();
    cr_assert_eq(evaluate(), VM_DONE);
    cr_assert_eq(run.outcome.failover.response, OUTCOME_NO_PATTERN);
    cr_assert_not(run.outcome.failover.response_set);
    end();
}
