/* SPDX-License-Identifier: MIT */
/* One request on its way through the proxy: the response context of RFC 3261 16.2. It owns the
 * attempts and everything that the plan decided; it lives until its server transaction and all its
 * client transactions have ended, so that a late 2xx still finds its caller. */
#ifndef FOV_RUNTIME_PROXY_CALL_H
#define FOV_RUNTIME_PROXY_CALL_H

#include "runtime/proxy/attempt.h"
#include "runtime/proxy/best.h"
#include "runtime/proxy/core.h"
#include "runtime/proxy/entry.h"
#include "runtime/proxy/route.h"
#include "runtime/sip/uri.h"

enum { TAG_LENGTH = 16 };

/* What stays of a plan's outcome once the targets are known. */
struct decision {
    struct outcome_failover failover;
    bool session;             /* $session = failover */
    bool replace_uri;         /* $replaceuri */
    bool from;                /* From is among `set` */
    uint8_t nat;              /* enum outcome_choice: $nat */
    int32_t rule;             /* -1: none */
    const struct slice *log;  /* $log; NULL: none */
    const struct slice *user; /* who is authenticated; NULL: nobody */
    struct outcome_header *set, *replies;
    const struct ip_address *to_callee, *to_caller; /* $ifdst, $ifsrc; NULL: not set */
};

struct call {
    struct proxy *proxy;
    struct call *next, *previous;
    struct server_transaction *server; /* NULL: has ended */
    struct endpoint source, local;     /* of the request */
    struct slice request;              /* as received, owned */
    struct route route;
    struct decision plan;
    struct target *targets;            /* those not tried yet, in order */
    struct call_block *blocks;         /* targets that were not there at the beginning, owned */
    struct attempt *attempts, *newest; /* owned, in order of start */
    struct attempt *current;           /* running; NULL: none */
    struct places *places;             /* of the newest attempt's target, when it is a name; owned */
    struct best best;
    struct session *session;    /* that it began; NULL: none, or it has ended */
    struct arena *more;         /* redirect targets, the caller's Reason; NULL: not needed yet */
    const struct slice *reason; /* Reason lines of the caller's CANCEL; NULL: none */
    struct timer timer;         /* timer.total, then of the wait for who was cancelled; non-INVITE: of the 100 */
    uint64_t started;
    int64_t started_unix;
    uint64_t loop;                /* its loop hash */
    char tag[TAG_LENGTH];         /* of the To in our own responses */
    uint16_t final;               /* code that went up; 0: none yet */
    uint8_t breadth;              /* left of Max-Breadth */
    uint8_t redirects;            /* targets that came from Contacts */
    uint8_t held;                 /* somebody is working with it */
    bool invite : 1, initial : 1; /* initial: no To tag */
    bool over : 1;                /* no attempt starts any more */
    bool anyway : 1;              /* nobody could be tried but those that are held down: they are */
    bool cancelled : 1;           /* by the caller */
    bool accepted : 1;            /* the connection of the request was opened by its other end */
    bool moved : 1;               /* the Route does not lead back to who sent the request (nat.h) */
    bool edge : 1;                /* its first target is the flow of a Path of ours (RFC 5626 5.3.1) */
    bool silent : 1;              /* an attempt of a non-INVITE got no answer */
};

/* What a call is made of. Everything is copied. */
struct call_seed {
    struct server_transaction *server;
    const struct packet *packet;
    const struct sip_message *request;
    const struct route *route;
    const struct outcome *outcome;
    const struct target *targets;
    uint64_t loop;
    unsigned breadth;
    const char *tag;
    struct slice user;
};

/* NULL: out of memory. Held: call_release when the first steps are done. */
struct call *call_new(struct proxy *proxy, const struct call_seed *seed);
void call_hold(struct call *call);
/* Frees it when nothing of it is alive any more. */
void call_release(struct call *call);
void call_free(struct call *call);
/* The request: as it was scanned when it came, while that event lasts, else from its bytes again
 * into `scanned`. */
const struct sip_message *call_request(const struct call *call, struct sip_message *scanned);
/* Puts copies of `targets` before those not tried yet; the first one takes the place of `entry`, which is among them no
 * more. -ENOMEM: nothing changed. */
int call_replace(struct call *call, struct target *entry, const struct target *targets);
/* What is still known of the newest attempt's target is of no use any more. */
void call_leave_target(struct call *call);
/* More memory for it, given back with the call. NULL: out of memory. */
struct arena *call_arena(struct call *call);

#endif
