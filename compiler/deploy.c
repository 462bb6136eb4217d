/* SPDX-License-Identifier: MIT */
#include "compiler/deploy.h"

#include "compiler/capture.h"
#include "compiler/destination.h"
#include "compiler/failover.h"
#include "compiler/names.h"
#include "compiler/placing.h"
#include "compiler/route.h"
#include "grammar/value.h"

#include <string.h>

enum { MAX_FORWARDS = 255, EXPIRES_MAX = 0x7fffffff };

static void read_value(struct check *check, struct deploy *deploy, enum placing placing) {
    deploy->pieces = capture_split(check, &deploy->value, check->rule->slots);
    placing_set(check->memory, deploy->pieces, placing);
}

static bool is_constant(const struct deploy *deploy) {
    return !capture_inserts(deploy->pieces);
}

static void refuse_header(struct check *check, const struct deploy *deploy, const char *what) {
    diag_report(check->diags, DIAG_HEADER_PROTECTED, deploy->left->span, "'%.*s' may not be %s by a plan",
                SLICE_ARG(deploy->left->text.s), what);
}

static bool is_protected(struct check *check, const struct deploy *deploy) {
    if (deploy->header == HEADER_OTHER)
        return false;
    unsigned flags = headers[deploy->header].flags;
    bool reply = deploy->kind == DEPLOY_REPLY;
    bool dialog = reply && (deploy->header == HEADER_TO || deploy->header == HEADER_FROM);
    if (flags & HEADER_KEEP || dialog)
        refuse_header(check, deploy, "set, added or removed");
    else if (flags & HEADER_STAY && !reply && deploy->value.s.len == 0)
        refuse_header(check, deploy, "removed");
    else
        return false;
    return true;
}

static void check_number(struct check *check, const struct deploy *deploy, uint64_t max) {
    uint64_t number;
    if (deploy->value.s.len == 0 || !is_constant(deploy) ||
        slice_number(capture_constant(deploy->pieces), max, &number))
        return;
    diag_report(check->diags, DIAG_VALUE_LINE, deploy->value.span, "'%.*s' is no number from 0 to %llu",
                SLICE_ARG(deploy->value.s), (unsigned long long)max);
}

static void check_header_value(struct check *check, const struct deploy *deploy) {
    if (deploy->header == HEADER_MAX_FORWARDS)
        check_number(check, deploy, MAX_FORWARDS);
    else if (deploy->header == HEADER_EXPIRES || deploy->header == HEADER_MIN_EXPIRES)
        check_number(check, deploy, EXPIRES_MAX);
    else if (deploy->header == HEADER_FROM || deploy->header == HEADER_CONTACT)
        destination_check_addresses(check, deploy);
}

static void check_header(struct check *check, struct deploy *deploy) {
    struct text name = deploy->left->text;
    bool reply = name.s.len > 1 && name.s.at[0] == '_';
    if (reply)
        name = text_cut(&name, 1, name.s.len);
    if (!names_header(check, &name, &deploy->header))
        return;
    deploy->name = name.s;
    deploy->kind = reply ? DEPLOY_REPLY : DEPLOY_HEADER;
    if (is_protected(check, deploy)) {
        deploy->kind = DEPLOY_BROKEN;
        return;
    }
    if (deploy->header == HEADER_TO) {
        deploy->kind = DEPLOY_TO;
        destination_read_to(check, deploy);
        return;
    }
    bool from = deploy->header == HEADER_FROM && !reply;
    read_value(check, deploy, from ? PLACING_FROM : PLACING_HEADER);
    check_header_value(check, deploy);
}

static struct diag *refuse_choice(struct check *check, const struct deploy *deploy, enum diag_code code,
                                  const char *expected) {
    return diag_report(check->diags, code, deploy->value.span, "'%.*s' is not what '$%s' can be, expected %s",
                       SLICE_ARG(deploy->value.s), variables[deploy->variable].name, expected);
}

/* `OPTIONS`, `OPTIONS sip:`: no INVITE starts with the letters that it starts with. */
static bool starts_other(struct slice pattern) {
    size_t count = 0;
    while (count < pattern.len && byte_is_alpha((unsigned char)pattern.at[count]))
        count++;
    if (count && count < pattern.len && strchr("?*{", pattern.at[count])) /* the last one need not be there */
        count--;
    return count && !slice_starts(SLICE("INVITE"), slice_cut(pattern, 0, count));
}

/* `^OPTIONS`, `^OPTIONS|^REGISTER`, `^(OPTIONS|REGISTER)`. A pattern that is harder to read may match an INVITE. */
static bool leaves_invite_out(struct slice pattern) {
    bool group = slice_starts(pattern, SLICE("^("));
    size_t close = slice_find(pattern, 0, ')');
    struct slice rest = group ? slice_cut(pattern, 2, close) : pattern;
    struct slice behind = slice_from(pattern, close + 1);
    if (group && (slice_find(behind, 0, '|') < behind.len || (behind.len && strchr("?*{", behind.at[0]))))
        return false;
    if (group && slice_starts(rest, SLICE("?:")))
        rest = slice_from(rest, 2);
    for (;;) {
        size_t end = slice_find(rest, 0, '|');
        struct slice one = slice_cut(rest, 0, end);
        if (!group && !slice_starts(one, SLICE("^")))
            return false;
        if (!starts_other(group ? one : slice_from(one, 1)))
            return false;
        if (end == rest.len)
            return true;
        rest = slice_from(rest, end + 1);
    }
}

/* Requests of other methods than INVITE alone reach this rule: `$request = ^OPTIONS`, `$request = !^INVITE`. */
static bool is_about_another_method(const struct rule *rule) {
    for (const struct condition *condition = rule->conditions; condition; condition = condition->next) {
        const struct term *left = condition->left;
        if (left->kind != TERM_WORD || !condition->pattern || (left->word != WORD_REQUEST && left->word != WORD_METHOD))
            continue;
        struct slice pattern = condition->pattern->text.s;
        if (condition->negated ? slice_equal(pattern, SLICE("^INVITE")) || slice_equal(pattern, SLICE("INVITE"))
                               : leaves_invite_out(pattern))
            return true;
    }
    return false;
}

static void refuse_answer(struct check *check, const struct deploy *deploy, struct slice value, const char *code) {
    const char *choices = variables[deploy->variable].choices;
    const char *expected = memory_printf(check->memory, "%s|%s", code, choices);
    struct diag *diag = refuse_choice(check, deploy, DIAG_VALUE_CODE, names_choices(check, expected));
    const char *near = names_near_choice(check, choices, value);
    if (near)
        diag_help(check->diags, diag, "did you mean '%s'?", near);
}

static void check_answer(struct check *check, const struct deploy *deploy, bool with_reason) {
    const struct variable_row *row = &variables[deploy->variable];
    struct slice value = capture_constant(deploy->pieces), reason;
    bool whole = is_constant(deploy); /* else: the code may stand in front of what is inserted */
    unsigned code;
    if (value.len == 0 || (!whole && slice_find(value, 0, ' ') == value.len))
        return;
    if (choice_named(row->choices, value) >= 0) {
        if (slice_same(value, SLICE("drop")))
            diag_report(check->diags, DIAG_EXTENSION, deploy->value.span, "'drop' is an extension");
        return;
    }
    bool good = answer_parse(&code, &reason, value), reasoned = good && (reason.len || !whole);
    if (!good || (reasoned && !with_reason)) {
        refuse_answer(check, deploy, value, with_reason ? "a response code (a reason may follow)" : "a response code");
        return;
    }
    if (reasoned)
        diag_report(check->diags, DIAG_EXTENSION, deploy->value.span, "a reason behind the code is an extension");
    if (code < 200)
        refuse_choice(check, deploy, DIAG_VALUE_CODE, "a final response code, from 200 to 699");
    else if (code < 300 && !is_about_another_method(check->rule))
        diag_report(check->diags, DIAG_CODE_SUCCESS, deploy->value.span,
                    "'%.*s' would tell the caller of an INVITE that somebody answered", SLICE_ARG(deploy->value.s));
}

static void check_transport(struct check *check, const struct deploy *deploy) {
    struct slice value = capture_constant(deploy->pieces);
    if (value.len == 0 || !is_constant(deploy) || transport_named(value) < TRANSPORT_NONE)
        return;
    names_refuse_transport(check, &deploy->value, NULL);
}

static void check_address(struct check *check, const struct deploy *deploy) {
    struct ip_address ip;
    if (deploy->value.s.len == 0 || !is_constant(deploy) || ip_parse(&ip, capture_constant(deploy->pieces)))
        return;
    diag_report(check->diags, DIAG_VALUE_ADDRESS, deploy->value.span, "'%.*s' is no IP address",
                SLICE_ARG(deploy->value.s));
}

static void check_choice(struct check *check, const struct deploy *deploy) {
    const char *choices = variables[deploy->variable].choices;
    struct slice value = capture_constant(deploy->pieces);
    if (value.len == 0 || !is_constant(deploy) || choice_named(choices, value) >= 0)
        return;
    struct diag *diag = refuse_choice(check, deploy, DIAG_VALUE_CHOICE, names_choices(check, choices));
    const char *near = names_near_choice(check, choices, value);
    if (near)
        diag_help(check->diags, diag, "did you mean '%s'?", near);
}

static void check_value(struct check *check, struct deploy *deploy, enum value_kind kind) {
    bool truth;
    switch (kind) {
    case KIND_BOOLEAN:
        if (deploy->value.s.len && is_constant(deploy) && !boolean_parse(&truth, capture_constant(deploy->pieces)))
            refuse_choice(check, deploy, DIAG_VALUE_BOOLEAN, "true or false");
        break;
    case KIND_TRANSPORT: check_transport(check, deploy); break;
    case KIND_ANSWER: check_answer(check, deploy, false); break;
    case KIND_REASON: check_answer(check, deploy, true); break;
    case KIND_ADDRESS: check_address(check, deploy); break;
    case KIND_CHOICE: check_choice(check, deploy); break;
    case KIND_TEXT:
    case KIND_URI:
    case KIND_TARGETS:
    case KIND_SESSION:
    case KIND_DURATION:
    case KIND_PATTERN: break; /* any text, or read by code of their own */
    }
}

static void check_variable(struct check *check, struct deploy *deploy) {
    const struct term *left = deploy->left;
    if (left->count) {
        diag_report(check->diags, DIAG_SYNTAX, left->span, "'$%.*s' takes no arguments here, expected '='",
                    SLICE_ARG(left->text.s));
        return;
    }
    deploy->variable = names_variable(check, left);
    if (deploy->variable == VARIABLE_COUNT)
        return;
    const struct variable_row *row = &variables[deploy->variable];
    if (row->extension)
        check_extension(check, left);
    if (row->kind == KIND_TARGETS) {
        deploy->kind = DEPLOY_TARGETS;
        destination_read_targets(check, deploy);
    } else if (row->kind == KIND_SESSION) {
        deploy->kind = DEPLOY_SESSION;
        destination_read_session(check, deploy);
    } else {
        deploy->kind = DEPLOY_VARIABLE;
        if (row->kind == KIND_URI)
            destination_read_request(check, deploy);
        else
            read_value(check, deploy, PLACING_LINE);
        check_value(check, deploy, row->kind);
        if (deploy->variable == VARIABLE_ROUTENAME && deploy->value.s.len)
            route_given(check, deploy);
    }
}

static void check_environment(struct check *check, struct deploy *deploy) {
    deploy->name = deploy->left->text.s;
    deploy->setting = names_setting(check, deploy->left);
    if (deploy->setting == FAILOVER_COUNT) {
        deploy->kind = DEPLOY_ENVIRONMENT;
        read_value(check, deploy, PLACING_LINE);
        return;
    }
    deploy->kind = DEPLOY_FAILOVER;
    deploy->stored = names_is_read(check, deploy->name);
    failover_read(check, deploy);
}

void deploy_check(struct check *check, struct deploy *deploy) {
    const struct term *left = deploy->left;
    deploy->kind = DEPLOY_BROKEN;
    if (!deploy->valued) {
        diag_report(check->diags, DIAG_VALUE_MISSING, left->span, "a deploy line without '='");
        return;
    }
    check_comment(check, &deploy->value);
    switch (left->kind) {
    case TERM_NAME: check_header(check, deploy); break;
    case TERM_WORD: check_variable(check, deploy); break;
    case TERM_ENVIRONMENT: check_environment(check, deploy); break;
    case TERM_STRING:
    case TERM_NUMBER: break; /* the grammar lets none of these stand on the left */
    }
}
