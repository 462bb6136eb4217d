/* SPDX-License-Identifier: MIT */
#include "compiler/check.h"

#include "compiler/capture.h"
#include "compiler/deploy.h"
#include "compiler/destination.h"
#include "compiler/failover.h"
#include "compiler/pattern.h"
#include "compiler/route.h"
#include "compiler/term.h"

#include <string.h>

void check_extension(struct check *check, const struct term *term) {
    diag_report(check->diags, DIAG_EXTENSION, term_name_span(term), "'%c%.*s' is an extension",
                term->kind == TERM_ENVIRONMENT ? '&' : '$', SLICE_ARG(term->text.s));
}

void check_comment(struct check *check, const struct text *value) {
    for (size_t at = slice_find(value->s, 0, '#'); at < value->s.len; at = slice_find(value->s, at + 1, '#')) {
        bool blank_before = at > 0 && strchr(" \t", value->s.at[at - 1]);
        bool blank_behind = at + 1 < value->s.len && strchr(" \t", value->s.at[at + 1]);
        if (!blank_before || !blank_behind)
            continue;
        diag_report(check->diags, DIAG_COMMENT_VALUE, text_span(value, at, value->s.len - at),
                    "this is part of the value: a comment stands on a line of its own");
        return;
    }
}

/* Patterns first: the groups of all lines are counted before anybody refers to them. */
static void check_conditions(struct check *check, struct rule *rule) {
    for (struct condition *condition = rule->conditions; condition; condition = condition->next) {
        check_comment(check, &condition->value);
        term_read_condition(check, condition, false, 0);
    }
    capture_number(check, rule);
    unsigned slots = 0; /* of the lines above */
    for (struct condition *condition = rule->conditions; condition; condition = condition->next) {
        term_check(check, condition->left, slots, 0);
        if (condition->pattern && condition->pattern->first)
            slots = condition->pattern->first + condition->pattern->groups - 1;
    }
}

static enum variable plain_name(enum variable variable) {
    return variable == VARIABLE_REPLACEURL ? VARIABLE_REPLACEURI : variable;
}

static bool same_left_side(const struct deploy *a, const struct deploy *b) {
    if (a->kind != b->kind || a->kind == DEPLOY_BROKEN)
        return false;
    if (a->kind == DEPLOY_VARIABLE)
        return plain_name(a->variable) == plain_name(b->variable);
    if (a->kind == DEPLOY_HEADER || a->kind == DEPLOY_REPLY)
        return a->header == b->header && (a->header != HEADER_OTHER || slice_same(a->name, b->name));
    if (a->kind == DEPLOY_ENVIRONMENT || a->kind == DEPLOY_FAILOVER)
        return slice_same(a->name, b->name);
    return true;
}

enum { DUPLICATES_LOOKED_AT = 200 }; /* lines before this one */

static void warn_of_duplicate(struct check *check, const struct rule *rule, const struct deploy *deploy) {
    const struct deploy *same = NULL;
    unsigned looked = 0;
    for (const struct deploy *before = rule->deploys; before != deploy && looked < DUPLICATES_LOOKED_AT;
         before = before->next, looked++)
        if (same_left_side(before, deploy))
            same = before;
    if (!same)
        return;
    struct diag *diag =
        diag_report(check->diags, DIAG_DUPLICATE_LINE, deploy->left->span, "the same left side again: this line wins");
    diag_note(check->diags, diag, same->left->span, "this one takes no effect");
}

static bool goes_on(const struct deploy *deploy) {
    return deploy->kind == DEPLOY_VARIABLE && deploy->variable == VARIABLE_CONTINUE &&
           !slice_same(deploy->value.s, SLICE("false"));
}

static bool names_destination(const struct deploy *deploy) {
    return deploy->kind == DEPLOY_TO || deploy->kind == DEPLOY_TARGETS || deploy->destinations ||
           (deploy->kind == DEPLOY_VARIABLE && deploy->variable == VARIABLE_REQUEST);
}

static bool is_answer(const struct deploy *deploy) {
    return deploy->kind == DEPLOY_VARIABLE && deploy->value.s.len &&
           (deploy->variable == VARIABLE_ACTION || deploy->variable == VARIABLE_RESPONSE);
}

static bool is_silent(const struct deploy *deploy) {
    return slice_same(deploy->value.s, SLICE("drop")) || slice_same(deploy->value.s, SLICE("block"));
}

static bool challenges(const struct deploy *deploy) {
    return deploy->kind == DEPLOY_VARIABLE && deploy->variable == VARIABLE_AUTH && deploy->value.s.len &&
           !slice_same(deploy->value.s, SLICE("false"));
}

/* May this server answer by itself what the rule is deployed for? A challenge is an answer, and so is what becomes of a
 * call to a user who is not registered, or of one without a destination. */
static bool responds(const struct rule *rule) {
    bool elsewhere = false;
    for (const struct deploy *deploy = rule->deploys; deploy; deploy = deploy->next) {
        if (goes_on(deploy) || challenges(deploy) || deploy->local || (is_answer(deploy) && !is_silent(deploy)))
            return true;
        elsewhere |= names_destination(deploy) || is_answer(deploy);
    }
    return !elsewhere;
}

static void warn_of_unused_replies(struct check *check, const struct rule *rule) {
    if (responds(rule))
        return;
    for (const struct deploy *deploy = rule->deploys; deploy; deploy = deploy->next)
        if (deploy->kind == DEPLOY_REPLY && deploy->value.s.len)
            diag_report(check->diags, DIAG_REPLY_UNUSED, deploy->left->span,
                        "this rule makes no response that '%.*s' could stand in", SLICE_ARG(deploy->left->text.s));
}

/* $transport = TCP towards a sips: destination of the same rule. */
static void check_transport(struct check *check, const struct rule *rule) {
    const struct deploy *clear = NULL, *secure = NULL;
    for (const struct deploy *deploy = rule->deploys; deploy; deploy = deploy->next) {
        if (deploy->kind == DEPLOY_VARIABLE && deploy->variable == VARIABLE_TRANSPORT) {
            enum transport transport = transport_named(deploy->value.s);
            clear = transport < TRANSPORT_NONE && !transports[transport].secure ? deploy : NULL;
        } else if (destination_is_secure(deploy)) {
            secure = deploy;
        }
    }
    if (!clear || !secure)
        return;
    struct diag *diag = diag_report(check->diags, DIAG_SECURE_CLEAR, clear->value.span,
                                    "a sips: destination is never sent in clear, expected TLS or WSS");
    diag_note(check->diags, diag, secure->value.span, "the destination is here");
}

static void check_deploys(struct check *check, struct rule *rule) {
    for (struct deploy *deploy = rule->deploys; deploy; deploy = deploy->next) {
        deploy_check(check, deploy);
        warn_of_duplicate(check, rule, deploy);
    }
    warn_of_unused_replies(check, rule);
    check_transport(check, rule);
    failover_check_rule(check, rule);
}

/* $session acts on INVITE alone: without conditions, so does its rule. */
static void add_method_condition(struct check *check, struct rule *rule, struct span span) {
    struct condition *condition = memory_new(check->memory, sizeof *condition);
    struct term *left = memory_new(check->memory, sizeof *left);
    struct text pattern = {SLICE("^INVITE$"), span, NULL};
    *left = (struct term){.kind = TERM_WORD, .span = span, .text = {SLICE("method"), span, NULL}, .word = WORD_METHOD};
    *condition = (struct condition){.span = span, .left = left, .value = pattern, .valued = true};
    condition->pattern = pattern_read(check, &pattern);
    rule->conditions = condition;
}

static void check_unconditional(struct check *check, struct rule *rule) {
    if (rule->conditions || rule->broken || (rule->named && !rule->deploys))
        return;
    const struct deploy *session = rule->deploys;
    while (session && session->kind != DEPLOY_SESSION)
        session = session->next;
    diag_report(check->diags, DIAG_UNCONDITIONAL, rule->span, "a rule without conditions: it is deployed for every %s",
                session ? "INVITE" : "request");
    if (session)
        add_method_condition(check, rule, session->span);
}

void check_plan(struct plan *plan, struct memory *memory, struct diag_list *diags) {
    struct check check = {.memory = memory, .diags = diags, .plan = plan};
    /* Conditions of all rules first: which &names they read says which of the deploy side mean
     * something. */
    for (struct rule *rule = plan->rules; rule; rule = rule->next) {
        check.rule = rule;
        check_conditions(&check, rule);
    }
    for (struct rule *rule = plan->rules; rule; rule = rule->next) {
        check.rule = rule;
        check_deploys(&check, rule);
        check_unconditional(&check, rule);
    }
    route_check(&check);
}
