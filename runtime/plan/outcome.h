/* SPDX-License-Identifier: MIT */
/* What a plan decided for one request: the sum of the deploy lines of every rule that was deployed,
 * in the words of language.md section 4. Written by the plan machine, read by the proxy. All texts
 * live in `arena`. */
#ifndef FOV_RUNTIME_PLAN_OUTCOME_H
#define FOV_RUNTIME_PLAN_OUTCOME_H

#include "grammar/arena.h"
#include "grammar/protocol.h"
#include "grammar/words.h"
#include "grammar/value.h"
#include "runtime/plan/image.h"

/* A header the plan set: at most one entry for each name, newest value. An empty value removes it.
 */
struct outcome_header {
    struct slice name;
    enum header header; /* HEADER_OTHER: known by name alone */
    struct slice value;
    struct outcome_header *next;
};

struct outcome_variable { /* &name */
    struct slice name, value;
    struct outcome_variable *next;
};

struct outcome_target {
    struct slice text;        /* URI, host or host:port */
    enum transport transport; /* TRANSPORT_NONE: not given */
    struct outcome_target *next;
};

#define OUTCOME_NO_PATTERN UINT32_MAX
#define OUTCOME_NOT_SAID   UINT32_MAX

enum outcome_after { AFTER_NONE, AFTER_100, AFTER_18X };
enum outcome_pick { RESPONSE_BEST, RESPONSE_LAST };

/* &failover.*; durations in milliseconds. outcome_init sets the defaults of words.def. */
struct outcome_failover {
    uint32_t inviting, provisional, ringing, total;
    uint32_t response;       /* pattern of the image, OUTCOME_NO_PATTERN: any final */
    uint32_t cause;          /* pattern, OUTCOME_NO_PATTERN: any failure without a final */
    uint32_t hold_down;      /* OUTCOME_NOT_SAID: what the server is set to */
    uint32_t redirect_hosts; /* pattern, OUTCOME_NO_PATTERN: none set */
    bool redirection : 1;    /* bits: every call keeps all of this */
    bool response_set : 1;   /* pattern.response was given: 401/407 count as failures too */
    bool keep_to : 1;
    uint8_t after; /* enum outcome_after */
    uint8_t pick;  /* enum outcome_pick */
};

/* true, false, or not said: what the server is set to, or finds itself. */
enum outcome_choice { CHOICE_UNSET, CHOICE_TRUE, CHOICE_FALSE };

struct outcome_rule { /* a rule whose conditions held and that has deploy lines */
    uint32_t rule;
    struct outcome_rule *next;
};

struct outcome {
    struct arena *arena;

    unsigned code;       /* answer with this one; 0: do not */
    struct slice reason; /* null: the usual phrase */
    bool drop;           /* no answer at all */
    bool block;          /* nor any more to this source for a while; `drop` is set too */
    bool registers;      /* $action = register */
    uint8_t auth;        /* enum outcome_choice, as the next two */
    uint8_t rtp, nat;
    struct slice route_name;                /* $routename; null: none */
    struct ip_address to_callee, to_caller; /* $ifdst, $ifsrc; family 0: not set */

    struct slice to;      /* value of the last To line as a whole header value, as vm_host.to says it;
                        null: none */
    struct slice to_uri;  /* its URI */
    struct slice request; /* $request; null: none */
    bool replace_uri;
    enum transport transport;                    /* $transport; TRANSPORT_NONE: not set */
    struct outcome_target *targets, *alternates; /* in the plan's order */
    bool session;                                /* $session = failover is on */
    struct outcome_failover failover;

    struct outcome_header *set;     /* for the forwarded request */
    struct outcome_header *replies; /* for responses that we make */
    struct outcome_variable *variables;
    struct slice log; /* null: none */
    bool go_on;       /* $continue of the rule being deployed */

    int32_t rule;                  /* the last rule whose conditions held, -1: none */
    bool matched;                  /* it has deploy lines ($continue or not); false: none held, or it stops
                       evaluation (EMPTY) */
    struct outcome_rule *deployed; /* all such rules, the newest first */
    uint64_t steps;                /* that evaluation has taken, both lists together */
};

void outcome_init(struct outcome *outcome, struct arena *arena);
/* A failover setting: milliseconds, truth value, index of the choice, or pattern. */
void outcome_failover_set(struct outcome_failover *failover, enum failover_setting setting, uint32_t value);
uint32_t outcome_failover_default(enum failover_setting setting);
/* The entry for a header name, NULL when the plan did not touch it. */
const struct outcome_header *outcome_header_set(const struct outcome *outcome, enum header header, struct slice name);

#endif
