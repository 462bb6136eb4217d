/* SPDX-License-Identifier: MIT */
/* One attempt at a target: a client transaction with the plan's timers, and how it ended. What
 * happens next is failover.h's. */
#ifndef FOV_RUNTIME_PROXY_ATTEMPT_H
#define FOV_RUNTIME_PROXY_ATTEMPT_H

#include "grammar/causes.h"
#include "runtime/sip/transaction_client.h"

struct call;
struct target;

enum attempt_state {
    ATTEMPT_RUNNING,
    ATTEMPT_GIVEN_UP, /* its 1xx are not relayed, its 300-699 are dropped, its 2xx counts */
    ATTEMPT_OVER,     /* final received, or it never started */
};

struct attempt {
    struct attempt *next;
    struct call *call;
    struct target *target;
    struct client_transaction *client; /* NULL: none, or it has ended */
    struct timer progress;             /* provisional, then ringing; a non-INVITE's inviting */
    struct timer timer_c;              /* RFC 3261 16.6 (11) */
    struct endpoint remote;            /* family 0: there was none */
    uint32_t start;                    /* ms since the call's start */
    uint32_t first, end;               /* the same of its first response and its end; UINT32_MAX: not yet */
    uint16_t code;                     /* of its final; 0: none */
    uint8_t cause;                     /* enum cause, once it is no longer running */
    uint8_t state;                     /* enum attempt_state */
    uint8_t breadth;                   /* of Max-Breadth, while it lives */
    uint8_t advice;                    /* enum health_advice, of when it began */
    bool searching;                    /* for the places of its target: nothing was sent yet */
    bool provisional;                  /* a 1xx came */
    bool ringing;                      /* a 180-199 came */
    bool cancelled;                    /* a CANCEL was sent: once is all (9.1) */
    bool switched;                     /* to TCP, as the request is too long for a datagram */
    bool awaited;                      /* cancelled: the final answer waits for it (for at most 4*T1) */
};

/* Starts the next attempt; at the next place of the same target, while there is one in call->places. Its state is
 * RUNNING (while a name's places are searched for, too: sequence_started() tells of the end of that), or OVER with
 * cause (and code, when the failure counts as a response: 404, 480, 440) when nothing was sent. NULL: out of memory. */
struct attempt *attempt_start(struct call *call, struct target *target, uint64_t now);
/* The response that a failure of our own counts as, as if the target had said so; 0: it is none. */
unsigned attempt_code(enum cause cause);
/* Its connection was lost before any response: the other way that its request may take, of the same branch (18.1.1).
 * False: there is none. */
bool attempt_reroute(struct attempt *attempt, enum cause cause, struct client_request *request);
/* Its Request-URI. */
struct slice attempt_uri(const struct attempt *attempt);
void attempt_end(struct attempt *attempt, enum cause cause, unsigned code, uint64_t now);
/* Given up: after a 1xx it is cancelled at once with `reason` (whole lines or empty), without one
 * nothing is sent. */
void attempt_give_up(struct attempt *attempt, enum cause cause, struct slice reason, uint64_t now);
/* Any response came: notes when the first did. */
void attempt_responded(struct attempt *attempt, const struct sip_message *message, uint64_t now);
/* A 1xx of a running attempt: its timers. */
void attempt_progress(struct attempt *attempt, unsigned status, uint64_t now);
/* A 1xx came after it was given up: the CANCEL that had to wait (9.1). */
void attempt_cancel(struct attempt *attempt, struct slice reason, uint64_t now);
void attempt_client_ended(struct attempt *attempt);

#endif
