/* SPDX-License-Identifier: MIT */
/* Sessions: how many there are, and how many started in the last second, on the whole, for each rule and for each
 * $routename. A session is a call that was routed: from its INVITE, while it rings too, to its failure or to the end of
 * its last dialog. What happens to it is told from outside; nothing here reads messages. Pure.
 *
 * Dialogs and names are known by keyed hashes, so that a session costs the same whatever a peer calls it. Of the
 * dialogs that a call can have when several callees answer (RFC 3261 13.2.2.4) the first SESSION_DIALOGS are known. */
#ifndef FOV_RUNTIME_STATE_SESSION_H
#define FOV_RUNTIME_STATE_SESSION_H

#include "grammar/hash.h"
#include "runtime/plan/outcome.h"
#include "runtime/sip/timers.h"

enum {
    SESSION_DIALOGS = 4,
    SESSION_WINDOW = 1000,      /* ms: a start counts in "per second" while it is younger */
    SESSION_EXPIRES_LEAST = 90, /* s: RFC 4028 4 */
};

struct sessions;
struct session;

/* `longest`: ms that an answered session lasts after its last sign of life; `rules`: how many rules are to be counted
 * by themselves, 0: nobody asks for them. NULL: out of memory. */
struct sessions *sessions_new(const struct hash_key *key, struct timers *timers, uint32_t longest, uint32_t rules);
void sessions_free(struct sessions *sessions); /* every holder must have gone */

/* A dialog, as one of its requests names it. */
struct session_dialog {
    struct slice call_id, from_tag, to_tag; /* null tags are empty ones */
};

/* Makes a session that does not count yet, `route_name` null: under no name; `deployed`: the rules that count it.
 * Either session_start() or session_drop() is next. NULL: out of memory. */
struct session *session_new(struct sessions *sessions, struct slice call_id, struct slice caller_tag,
                            struct slice route_name, const struct outcome_rule *deployed);
void session_drop(struct session *session);
/* It counts from now on. `*holder` points to it until it has ended, then it is NULL. */
void session_start(struct session *session, struct session **holder, uint64_t now);
/* The holder goes: an answered session lives on by itself, any other ends. */
void session_release(struct session *session);
/* A 2xx to the INVITE, from the callee with that tag. `expires`: seconds of its Session-Expires, 0: it has none. The
 * same one again changes nothing. */
void session_answered(struct session *session, struct slice callee_tag, uint64_t expires, uint64_t now);
/* It failed, or nothing more will be seen of it. */
void session_end(struct session *session);

/* A 2xx to a request that refreshes (RFC 4028 7.4): the session expires so much later, or, without Session-Expires,
 * when the longest time has passed. */
void sessions_refresh(struct sessions *sessions, const struct session_dialog *dialog, uint64_t expires, uint64_t now);
/* A dialog has ended; its session ends with its last one. One that is not known is none of ours. */
void sessions_hang_up(struct sessions *sessions, const struct session_dialog *dialog);

unsigned sessions_count(const struct sessions *sessions);
unsigned sessions_on_route(const struct sessions *sessions, struct slice route_name);
/* Started in the last SESSION_WINDOW. */
unsigned sessions_rate(struct sessions *sessions, uint64_t now);
unsigned sessions_route_rate(struct sessions *sessions, struct slice route_name, uint64_t now);
unsigned sessions_rule_rate(struct sessions *sessions, uint32_t rule, uint64_t now); /* one of `rules` */
/* For tests: names under which anything is counted; sessions in memory, those that have just ended too. */
unsigned sessions_routes(const struct sessions *sessions);
unsigned sessions_live(const struct sessions *sessions);

#endif
