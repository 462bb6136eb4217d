/* SPDX-License-Identifier: MIT */
#include "runtime/state/session.h"

#include "runtime/sip/lookup.h"

#include <stddef.h>
#include <stdlib.h>

struct route_count { /* a $routename under which something is counted */
    struct lookup_node node;
    unsigned sessions, starts;
    unsigned users; /* sessions that point here */
};

struct dialog {              /* with one callee */
    struct lookup_node node; /* while it lasts; the hash stays */
    struct session *session;
    struct dialog *next; /* of the same session */
};

struct session {
    struct sessions *table;
    struct session **holder;   /* NULL: has gone */
    struct session *newer;     /* in the order of starts, while it is in the window */
    struct route_count *route; /* NULL: under no name */
    struct timer end;          /* runs once it is answered */
    uint64_t started;
    uint64_t caller;      /* hash of the Call-ID and the caller's tag */
    struct dialog first;  /* its `next` are owned */
    uint8_t known, open;  /* dialogs */
    bool counted, recent; /* it is freed when it is neither */
    uint32_t rule_count;
    uint32_t rules[]; /* that were deployed for it, if anybody asks */
};

struct sessions {
    struct hash_key key;
    struct timers *timers;
    uint32_t longest;
    struct lookup dialogs, routes;
    struct session *oldest, *newest; /* starts in the window, and some that have just left it */
    struct timer window;             /* runs while there are any */
    unsigned count, recent;
    unsigned made;       /* sessions in memory */
    uint32_t *by_rule;   /* starts in the window; NULL: nobody asks */
    uint32_t rule_count; /* of by_rule */
};

/* Keys. */

static uint64_t hash_of(const struct sessions *sessions, struct slice text) {
    return hash_keyed(&sessions->key, text.at ? text.at : "", text.len);
}

static uint64_t hash_two(const struct sessions *sessions, uint64_t a, uint64_t b) {
    const uint64_t both[2] = {a, b};
    return hash_keyed(&sessions->key, both, sizeof both);
}

static uint64_t caller_of(const struct sessions *sessions, struct slice call_id, struct slice tag) {
    return hash_two(sessions, hash_of(sessions, call_id), hash_of(sessions, tag));
}

/* Routes. */

static struct route_count *route_of(struct lookup_node *node) {
    return (struct route_count *)(void *)((char *)node - offsetof(struct route_count, node));
}

static struct route_count *route_find(const struct sessions *sessions, uint64_t hash) {
    struct lookup_node *node = lookup_first(&sessions->routes, hash);
    return node ? route_of(node) : NULL;
}

static struct route_count *route_take(struct sessions *sessions, struct slice name) {
    uint64_t hash = hash_of(sessions, name);
    struct route_count *route = route_find(sessions, hash);
    if (!route) {
        route = calloc(1, sizeof *route);
        if (!route)
            return NULL;
        lookup_add(&sessions->routes, &route->node, hash);
    }
    route->users++;
    return route;
}

static void route_leave(struct sessions *sessions, struct route_count *route) {
    if (!route || --route->users)
        return;
    lookup_remove(&sessions->routes, &route->node);
    free(route);
}

/* Life of a session. */

struct session *session_new(struct sessions *sessions, struct slice call_id, struct slice caller_tag,
                            struct slice route_name, const struct outcome_rule *deployed) {
    uint32_t rules = 0;
    for (const struct outcome_rule *rule = deployed; rule && sessions->by_rule; rule = rule->next)
        rules++;
    struct session *session = calloc(1, sizeof *session + rules * sizeof *session->rules);
    if (!session)
        return NULL;
    if (route_name.at && !(session->route = route_take(sessions, route_name))) {
        free(session);
        return NULL;
    }
    session->table = sessions;
    session->caller = caller_of(sessions, call_id, caller_tag);
    for (const struct outcome_rule *rule = deployed; session->rule_count < rules; rule = rule->next)
        session->rules[session->rule_count++] = rule->rule;
    sessions->made++;
    return session;
}

void session_drop(struct session *session) {
    struct sessions *sessions = session->table;
    for (struct dialog *dialog = session->first.next, *next; dialog; dialog = next) {
        next = dialog->next;
        free(dialog);
    }
    route_leave(sessions, session->route);
    sessions->made--;
    free(session);
}

static void drop_if_done(struct session *session) {
    if (!session->counted && !session->recent)
        session_drop(session);
}

void session_end(struct session *session) {
    struct sessions *sessions = session->table;
    timer_stop(sessions->timers, &session->end);
    for (struct dialog *dialog = &session->first; dialog; dialog = dialog->next)
        lookup_remove(&sessions->dialogs, &dialog->node);
    if (session->holder)
        *session->holder = NULL;
    session->holder = NULL;
    session->counted = false;
    sessions->count--;
    if (session->route)
        session->route->sessions--;
    drop_if_done(session);
}

void session_release(struct session *session) {
    *session->holder = NULL;
    session->holder = NULL;
    if (!session->known)
        session_end(session);
}

static void end_fires(struct timer *timer, uint64_t now) {
    (void)now;
    session_end((struct session *)(void *)((char *)timer - offsetof(struct session, end)));
}

/* The window of starts. */

static void count_rules(const struct sessions *sessions, const struct session *session, int by) {
    for (uint32_t i = 0; i < session->rule_count; i++)
        if (session->rules[i] < sessions->rule_count)
            sessions->by_rule[session->rules[i]] += (uint32_t)by;
}

static void leave_window(struct sessions *sessions) {
    struct session *session = sessions->oldest;
    sessions->oldest = session->newer;
    if (!sessions->oldest)
        sessions->newest = NULL;
    sessions->recent--;
    session->recent = false;
    if (session->route)
        session->route->starts--;
    count_rules(sessions, session, -1);
    drop_if_done(session);
}

static void slide(struct sessions *sessions, uint64_t now) {
    while (sessions->oldest && now - sessions->oldest->started >= SESSION_WINDOW)
        leave_window(sessions);
}

static struct sessions *sessions_of_window(struct timer *timer) {
    return (struct sessions *)(void *)((char *)timer - offsetof(struct sessions, window));
}

/* Whoever asks slides the window himself: this gives memory back, once in a while, when nobody does. */
static void window_fires(struct timer *timer, uint64_t now) {
    struct sessions *sessions = sessions_of_window(timer);
    slide(sessions, now);
    if (sessions->oldest)
        timer_set(sessions->timers, timer, now, SESSION_WINDOW, window_fires);
}

static void enter_window(struct sessions *sessions, struct session *session, uint64_t now) {
    slide(sessions, now);
    session->started = now;
    session->recent = true;
    *(sessions->newest ? &sessions->newest->newer : &sessions->oldest) = session;
    sessions->newest = session;
    sessions->recent++;
    if (session->route)
        session->route->starts++;
    count_rules(sessions, session, 1);
    if (!timer_running(&sessions->window))
        timer_set(sessions->timers, &sessions->window, now, SESSION_WINDOW, window_fires);
}

void session_start(struct session *session, struct session **holder, uint64_t now) {
    struct sessions *sessions = session->table;
    enter_window(sessions, session, now);
    session->counted = true;
    session->holder = holder;
    *holder = session;
    sessions->count++;
    if (session->route)
        session->route->sessions++;
}

/* Answers. */

/* RFC 4028 4: nobody may ask for less than 90 s; who does so all the same does not get out of a limit by it. */
static uint32_t life(const struct sessions *sessions, uint64_t expires) {
    if (expires == 0)
        return sessions->longest;
    uint64_t ms = 1000 * (expires > SESSION_EXPIRES_LEAST ? expires : SESSION_EXPIRES_LEAST);
    return ms < sessions->longest ? (uint32_t)ms : sessions->longest;
}

/* NULL: it is known already, or there is no room for another. */
static struct dialog *add_dialog(struct session *session, uint64_t hash) {
    struct dialog *last = &session->first;
    if (session->known == SESSION_DIALOGS)
        return NULL;
    if (session->known) {
        for (; last->node.hash != hash && last->next; last = last->next)
            ;
        if (last->node.hash == hash)
            return NULL;
        last = last->next = calloc(1, sizeof *last);
    }
    if (last)
        last->session = session;
    return last;
}

void session_answered(struct session *session, struct slice callee_tag, uint64_t expires, uint64_t now) {
    struct sessions *sessions = session->table;
    uint64_t hash = hash_two(sessions, session->caller, hash_of(sessions, callee_tag)), delay = life(sessions, expires);
    struct dialog *dialog = add_dialog(session, hash);
    if (!dialog)
        return;
    lookup_add(&sessions->dialogs, &dialog->node, hash);
    session->known++;
    session->open++;
    /* Of several dialogs the one that lasts longest keeps the session. */
    if (!timer_running(&session->end) || session->end.due < now + delay)
        timer_set(sessions->timers, &session->end, now, (uint32_t)delay, end_fires);
}

static struct dialog *dialog_of(struct lookup_node *node) {
    return (struct dialog *)(void *)((char *)node - offsetof(struct dialog, node));
}

/* Two sessions may have the same dialog: a call that comes by twice on its way. So does its BYE: each ends one. */
static struct dialog *find_between(const struct sessions *sessions, struct slice call_id, struct slice caller,
                                   struct slice callee) {
    uint64_t hash = hash_two(sessions, caller_of(sessions, call_id, caller), hash_of(sessions, callee));
    struct lookup_node *node = lookup_first(&sessions->dialogs, hash);
    return node ? dialog_of(node) : NULL;
}

/* Either side may have sent the request. */
static struct dialog *find(const struct sessions *sessions, const struct session_dialog *named) {
    struct dialog *dialog = find_between(sessions, named->call_id, named->from_tag, named->to_tag);
    return dialog ? dialog : find_between(sessions, named->call_id, named->to_tag, named->from_tag);
}

void sessions_refresh(struct sessions *sessions, const struct session_dialog *named, uint64_t expires, uint64_t now) {
    struct dialog *dialog = find(sessions, named);
    if (dialog)
        timer_set(sessions->timers, &dialog->session->end, now, life(sessions, expires), end_fires);
}

void sessions_hang_up(struct sessions *sessions, const struct session_dialog *named) {
    struct dialog *dialog = find(sessions, named);
    if (!dialog)
        return;
    lookup_remove(&sessions->dialogs, &dialog->node);
    if (--dialog->session->open == 0)
        session_end(dialog->session);
}

/* The table. */

struct sessions *sessions_new(const struct hash_key *key, struct timers *timers, uint32_t longest, uint32_t rules) {
    struct sessions *sessions = calloc(1, sizeof *sessions);
    if (!sessions)
        return NULL;
    sessions->rule_count = rules;
    sessions->by_rule = rules ? calloc(rules, sizeof *sessions->by_rule) : NULL;
    sessions->key = *key;
    sessions->timers = timers;
    sessions->longest = longest;
    if ((rules && !sessions->by_rule) || lookup_init(&sessions->dialogs) || lookup_init(&sessions->routes)) {
        sessions_free(sessions);
        return NULL;
    }
    return sessions;
}

static void free_dialog(struct lookup_node *node) {
    struct session *session = dialog_of(node)->session;
    if (--session->open)
        return;
    timer_stop(session->table->timers, &session->end);
    session_drop(session);
}

void sessions_free(struct sessions *sessions) {
    if (!sessions)
        return;
    while (sessions->oldest)
        leave_window(sessions);
    timer_stop(sessions->timers, &sessions->window);
    lookup_free(&sessions->dialogs, free_dialog);
    lookup_free(&sessions->routes, NULL);
    free(sessions->by_rule);
    free(sessions);
}

/* Numbers. */

unsigned sessions_count(const struct sessions *sessions) {
    return sessions->count;
}

unsigned sessions_on_route(const struct sessions *sessions, struct slice route_name) {
    const struct route_count *route = route_find(sessions, hash_of(sessions, route_name));
    return route ? route->sessions : 0;
}

unsigned sessions_rate(struct sessions *sessions, uint64_t now) {
    slide(sessions, now);
    return sessions->recent;
}

unsigned sessions_route_rate(struct sessions *sessions, struct slice route_name, uint64_t now) {
    slide(sessions, now);
    const struct route_count *route = route_find(sessions, hash_of(sessions, route_name));
    return route ? route->starts : 0;
}

unsigned sessions_rule_rate(struct sessions *sessions, uint32_t rule, uint64_t now) {
    slide(sessions, now);
    return rule < sessions->rule_count ? sessions->by_rule[rule] : 0;
}

unsigned sessions_routes(const struct sessions *sessions) {
    return sessions->routes.count;
}

unsigned sessions_live(const struct sessions *sessions) {
    return sessions->made;
}
