/* SPDX-License-Identifier: MIT */
#include "compiler/failover.h"

#include "compiler/names.h"
#include "compiler/pattern.h"
#include "grammar/value.h"

/* What a caller's proxy waits at least (RFC 3261 16.6, Timer C), and how long an attempt without
 * any response lasts when nothing else is said (17.1.1.2, Timer B with the default T1). */
enum { CALLER_WAITS = 180 * 1000, TIMER_B = 32 * 1000 };

static void read_duration(struct check *check, struct deploy *deploy) {
    struct slice value = deploy->value.s;
    if (!duration_parse(&deploy->number, value)) {
        deploy->fallback = true;
        diag_report(check->diags, DIAG_VALUE_DURATION, deploy->value.span,
                    "'%.*s' is no time up to 24 hours, expected seconds like 10, 0.5 or 500ms", SLICE_ARG(value));
        return;
    }
    if (byte_is_alpha((unsigned char)value.at[value.len - 1]))
        diag_report(check->diags, DIAG_EXTENSION, deploy->value.span, "the unit in '%.*s' is an extension",
                    SLICE_ARG(value));
}

static void read_boolean(struct check *check, struct deploy *deploy) {
    bool truth = false;
    if (!boolean_parse(&truth, deploy->value.s))
        diag_report(check->diags, DIAG_VALUE_BOOLEAN, deploy->value.span, "'%.*s' is neither true nor false",
                    SLICE_ARG(deploy->value.s));
    deploy->number = truth;
}

static void read_choice(struct check *check, struct deploy *deploy) {
    const char *choices = failover_settings[deploy->setting].choices;
    int choice = choice_named(choices, deploy->value.s);
    if (choice >= 0) {
        deploy->number = (uint32_t)choice;
        return;
    }
    struct diag *diag =
        diag_report(check->diags, DIAG_VALUE_CHOICE, deploy->value.span, "'%.*s' cannot stand here, expected %s",
                    SLICE_ARG(deploy->value.s), names_choices(check, choices));
    const char *near = names_near_choice(check, choices, deploy->value.s);
    if (near)
        diag_help(check->diags, diag, "did you mean '%s'?", near);
}

/* `4xx`, `!486` and `486,503` are patterns too, and no code is like them. */
static void warn_of_no_code(struct check *check, const struct deploy *deploy) {
    struct diag *diag = diag_report(check->diags, DIAG_FAILOVER_NEVER, deploy->value.span,
                                    "no response code from 300 to 699 matches '%.*s': no response leads on",
                                    SLICE_ARG(deploy->value.s));
    diag_help(check->diags, diag, "write it like '4..' or '486|503'");
}

static void warn_of_no_cause(struct check *check, const struct deploy *deploy) {
    struct diag *diag = diag_report(check->diags, DIAG_FAILOVER_NEVER, deploy->value.span,
                                    "no cause of a failure matches '%.*s': none leads on", SLICE_ARG(deploy->value.s));
    diag_help(check->diags, diag, "write it like 'timeout' or 'refused|unreachable'");
}

static void read_pattern(struct check *check, struct deploy *deploy) {
    deploy->pattern = pattern_read(check, &deploy->value);
    if (deploy->pattern->broken)
        return;
    if (deploy->setting == FAILOVER_PATTERN_RESPONSE && !pattern_finds_code(check, deploy->pattern, 300, 699))
        warn_of_no_code(check, deploy);
    if (deploy->setting == FAILOVER_PATTERN_CAUSE && !pattern_finds_cause(check, deploy->pattern))
        warn_of_no_cause(check, deploy);
}

void failover_read(struct check *check, struct deploy *deploy) {
    const struct variable_row *row = &failover_settings[deploy->setting];
    if (row->extension)
        check_extension(check, deploy->left);
    deploy->fallback = deploy->value.s.len == 0;
    if (deploy->fallback)
        return;
    switch (row->kind) {
    case KIND_DURATION: read_duration(check, deploy); break;
    case KIND_BOOLEAN: read_boolean(check, deploy); break;
    case KIND_PATTERN: read_pattern(check, deploy); break;
    case KIND_CHOICE: read_choice(check, deploy); break;
    case KIND_TRANSPORT:
    case KIND_ANSWER:
    case KIND_REASON:
    case KIND_TEXT:
    case KIND_URI:
    case KIND_ADDRESS:
    case KIND_TARGETS:
    case KIND_SESSION: break; /* of variables alone */
    }
}

/* The lines of a rule that have to do with failover. */
struct sequence {
    const struct deploy *session;
    const struct deploy *settings[FAILOVER_COUNT]; /* the last line of each */
    bool goes_on;                                  /* $continue: a later rule may start the session */
    bool several;                                  /* a user's contacts: one destination may be many attempts */
    unsigned attempts, alternates;
};

static unsigned count_destinations(const struct deploy *deploy) {
    unsigned count = 0;
    for (const struct destination *at = deploy->destinations; at; at = at->next)
        count++;
    return count;
}

static struct sequence collect(const struct rule *rule) {
    struct sequence sequence = {.attempts = 1};
    for (const struct deploy *deploy = rule->deploys; deploy; deploy = deploy->next) {
        if (deploy->kind == DEPLOY_SESSION) {
            sequence.session = deploy->session ? deploy : NULL;
            sequence.alternates = count_destinations(deploy);
        } else if (deploy->kind == DEPLOY_TARGETS && deploy->destinations) {
            sequence.attempts = count_destinations(deploy);
        } else if (deploy->kind == DEPLOY_FAILOVER) {
            sequence.settings[deploy->setting] = deploy;
        } else if (deploy->kind == DEPLOY_VARIABLE && deploy->variable == VARIABLE_CONTINUE) {
            sequence.goes_on = slice_same(deploy->value.s, SLICE("true"));
        }
        sequence.several |= deploy->local;
    }
    sequence.attempts += sequence.alternates;
    return sequence;
}

static uint32_t setting(const struct sequence *sequence, enum failover_setting id) {
    const struct deploy *deploy = sequence->settings[id];
    uint32_t number = 0;
    if (deploy && !deploy->fallback)
        return deploy->number;
    duration_parse(&number, slice_of(failover_settings[id].fallback));
    return number;
}

static void warn_of_time(struct check *check, const struct sequence *sequence) {
    uint32_t inviting = setting(sequence, FAILOVER_TIMER_INVITING), total = setting(sequence, FAILOVER_TIMER_TOTAL);
    const struct deploy *total_line = sequence->settings[FAILOVER_TIMER_TOTAL];
    if (total && total < inviting) {
        diag_report(check->diags, DIAG_FAILOVER_TOTAL, total_line->value.span,
                    "the whole sequence (%u ms) ends before its first attempt can time out (%u ms)", total, inviting);
        return;
    }
    uint64_t each = (uint64_t)(inviting ? inviting : TIMER_B) + setting(sequence, FAILOVER_TIMER_PROVISIONAL) +
                    setting(sequence, FAILOVER_TIMER_RINGING);
    uint64_t longest = each * sequence->attempts;
    if (total && longest > total)
        longest = total;
    if (longest > CALLER_WAITS)
        diag_report(check->diags, DIAG_FAILOVER_LONG, sequence->session->value.span,
                    "%u attempts can take %llu s%s, and a proxy before this one gives up after 180 s",
                    sequence->attempts, (unsigned long long)((longest + 999) / 1000),
                    sequence->several && !total ? ", more when a user has several contacts" : "");
}

static void warn_of_global(struct check *check, const struct sequence *sequence) {
    const struct deploy *line = sequence->settings[FAILOVER_PATTERN_RESPONSE];
    if (!line || !line->pattern || (!sequence->alternates && !sequence->several))
        return;
    unsigned code = pattern_finds_code(check, line->pattern, 600, 699);
    if (code)
        diag_report(check->diags, DIAG_FAILOVER_GLOBAL, line->value.span,
                    "a %u leads to the next target, though it says that nobody wants this call anywhere", code);
}

static void warn_of_unused(struct check *check, const struct rule *rule) {
    for (const struct deploy *deploy = rule->deploys; deploy; deploy = deploy->next) {
        if (deploy->kind != DEPLOY_FAILOVER || deploy->setting == FAILOVER_HOLDDOWN) /* that is for any call */
            continue;
        struct diag *diag =
            diag_report(check->diags, DIAG_FAILOVER_UNUSED, deploy->left->span,
                        "this rule starts no failover that '&%.*s' could be for", SLICE_ARG(deploy->left->text.s));
        diag_help(check->diags, diag, "write '$session = failover'");
        return;
    }
}

void failover_check_rule(struct check *check, const struct rule *rule) {
    struct sequence sequence = collect(rule);
    if (sequence.session) {
        check->session |= sequence.goes_on;
        warn_of_time(check, &sequence);
        warn_of_global(check, &sequence);
    } else if (!sequence.goes_on && !check->session && !rule->broken) {
        warn_of_unused(check, rule);
    }
}
