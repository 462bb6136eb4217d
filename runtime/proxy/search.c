/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/search.h"

#include "runtime/proxy/event.h"
#include "runtime/state/health.h"
#include "runtime/state/names.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct asked { /* a question that waits for its answer */
    struct name_waiter waiter;
    struct search *search; /* NULL: none */
    unsigned id;
};

struct search {
    struct proxy *proxy;
    struct slice host, call_id; /* copies */
    struct locate *locate;
    struct asked asked[LOCATE_QUESTIONS];
    void *owner;
    search_done *done;
    bool guest;
    uint64_t chance; /* of this call */
    uint64_t drawn;
    uint64_t now;
    uint64_t enough;       /* when what is known has to do; 0: nothing is */
    struct timer patience; /* runs while something is known, but not everything */
    char texts[];
};

/* Opening and closing. */

static bool ask_world(void *context, uint32_t id, struct slice name, enum dns_type type) {
    const struct proxy *proxy = context;
    return proxy->world->ask(proxy->world->context, id, name, type);
}

static void note_stale(void *context, struct slice name, bool first, uint64_t now) {
    struct proxy *proxy = context;
    (void)now;
    proxy_count(proxy, COUNTER_STALE_NAMES);
    if (first)
        EVENT(proxy, LOG_WARNING, "resolver-silent", SLICE_NULL, -1, {"name", name},
              {"consequence", SLICE("old answers are used")});
}

/* A listener on any port carries what goes to others. */
static void find_means(struct proxy *proxy) {
    for (unsigned i = 0; i < proxy->settings->listener_count; i++) {
        const struct endpoint *listener = &proxy->settings->listeners[i];
        proxy->means.families[listener->transport] |= listener->ip.family == 6 ? LOCATE_IPV6 : LOCATE_IPV4;
    }
}

int search_open(struct proxy *proxy) {
    const struct names_events events = {.context = proxy, .ask = ask_world, .stale = note_stale};
    find_means(proxy);
    proxy->names = names_new(&proxy->seed.tables, proxy->timers, &events);
    return proxy->names ? 0 : -ENOMEM;
}

void search_close(struct proxy *proxy) {
    names_free(proxy->names);
}

/* What locating asks back. */

static uint64_t draw(void *context) {
    struct search *search = context;
    uint64_t number[2] = {search->chance, search->drawn++};
    return hash_keyed(&search->proxy->seed.numbers, number, sizeof number);
}

static bool is_avoided(void *context, const struct endpoint *place) {
    const struct search *search = context;
    return health_is_behind(search->proxy->health, place, search->now);
}

/* Results. */

/* The cause is the same; what is to be mended is not. */
static void note_failure(const struct search *search, enum dns_status status) {
    static const struct slice reasons[] = {[DNS_FAILED] = SLICE("no name server could be asked"),
                                           [DNS_REFUSED] = SLICE("REFUSED"),
                                           [DNS_SERVFAIL] = SLICE("SERVFAIL"),
                                           [DNS_SILENT] = SLICE("no answer")};
    if (dns_is_failure(status))
        EVENT(search->proxy, LOG_INFO, "name-unknown", search->call_id, -1, {"name", search->host},
              {"reason", reasons[status]});
}

static struct places *take_places(const struct search *search, enum cause *cause) {
    static const enum cause causes_of[] = {
        [DNS_NODATA] = CAUSE_DNS_NODATA,   [DNS_NXDOMAIN] = CAUSE_DNS_NXDOMAIN, [DNS_FAILED] = CAUSE_DNS_TIMEOUT,
        [DNS_REFUSED] = CAUSE_DNS_TIMEOUT, [DNS_SERVFAIL] = CAUSE_DNS_TIMEOUT,  [DNS_SILENT] = CAUSE_DNS_TIMEOUT};
    const struct endpoint *at;
    unsigned count;
    enum dns_status status = locate_result(search->locate, &at, &count);
    if (status != DNS_FOUND) {
        note_failure(search, status);
        *cause = causes_of[status];
        return NULL;
    }
    struct places *places = malloc(sizeof *places + count * sizeof *places->at);
    *cause = places ? CAUSE_NONE : CAUSE_LOCAL_LIMIT;
    if (!places)
        return NULL;
    places->search = NULL;
    places->count = (uint8_t)count;
    places->next = 0;
    memcpy(places->at, at, count * sizeof *at);
    return places;
}

/* Asking. */

static void told(struct name_waiter *waiter, const struct dns_answer *answer, uint64_t now);
static void patience_ends(struct timer *timer, uint64_t now);

static struct asked *free_slot(struct search *search) {
    struct asked *asked = search->asked;
    while (asked->search) /* there is one: no more than these are asked at a time */
        asked++;
    return asked;
}

static void limit_patience(struct search *search, uint64_t now) {
    enum locate_yield yield = locate_yield(search->locate);
    if (yield == LOCATE_NONE)
        return;
    if (!search->enough)
        search->enough = now + SEARCH_PATIENCE_HOSTS;
    uint64_t due = search->enough;
    if (yield == LOCATE_EVERY_HOST && now + SEARCH_PATIENCE < due)
        due = now + SEARCH_PATIENCE;
    if (!timer_running(&search->patience) || due < search->patience.due)
        timer_set(search->proxy->timers, &search->patience, now, (uint32_t)(due - now), patience_ends);
}

/* Asks what can be asked now. True: it is over. */
static bool proceed(struct search *search, uint64_t now) {
    struct locate_question question;
    search->now = now;
    while (locate_ask(search->locate, &question)) {
        struct asked *asked = free_slot(search);
        *asked = (struct asked){.waiter = {.told = told, .guest = search->guest}, .search = search, .id = question.id};
        const struct dns_answer *answer =
            names_find(search->proxy->names, question.name, question.type, &asked->waiter, now);
        if (!answer)
            continue;
        asked->search = NULL;
        locate_answer(search->locate, question.id, answer);
    }
    limit_patience(search, now);
    return locate_over(search->locate);
}

static void finish(struct search *search, uint64_t now) {
    enum cause cause;
    arena_reset(&search->proxy->scratch);
    struct places *places = take_places(search, &cause);
    void *owner = search->owner;
    search_done *done = search->done;
    search_free(search);
    done(owner, places, cause, now);
}

/* It may have been set when nothing but the other family was to come, and other hosts be asked about since. */
static void patience_ends(struct timer *timer, uint64_t now) {
    struct search *search = (struct search *)(void *)((char *)timer - offsetof(struct search, patience));
    bool every = locate_yield(search->locate) == LOCATE_EVERY_HOST;
    search->now = now;
    if (!every && now < search->enough) {
        limit_patience(search, now);
        return;
    }
    if (!every)
        EVENT(search->proxy, LOG_INFO, "name-incomplete", search->call_id, -1, {"name", search->host});
    locate_hurry(search->locate);
    if (locate_over(search->locate))
        finish(search, now);
}

static void told(struct name_waiter *waiter, const struct dns_answer *answer, uint64_t now) {
    struct asked *asked = (struct asked *)(void *)waiter; /* its first member */
    struct search *search = asked->search;
    asked->search = NULL;
    search->now = now;
    locate_answer(search->locate, asked->id, answer);
    if (proceed(search, now))
        finish(search, now);
}

static struct slice copy(char *to, struct slice text) {
    memcpy(to, text.at, text.len);
    return (struct slice){to, text.len};
}

enum cause search_begin(struct proxy *proxy, const struct locate_request *request, const struct search_asker *asker,
                        struct search **search, struct places **places, uint64_t now) {
    const struct world *world = proxy->world;
    struct slice call_id = asker->call_id;
    *search = NULL;
    *places = NULL;
    if (!locate_possible(request, &proxy->means))
        return CAUSE_TRANSPORT_UNSUPPORTED;
    if (!world->ask)
        return CAUSE_DNS_TIMEOUT;
    struct search *made = calloc(1, sizeof *made + call_id.len + request->host.len);
    const struct locate_judge judge = {.context = made, .number = draw, .avoided = is_avoided};
    if (made)
        made->locate = locate_new(request, &proxy->means, &judge);
    if (!made || !made->locate) {
        free(made);
        return CAUSE_LOCAL_LIMIT;
    }
    made->proxy = proxy;
    made->call_id = copy(made->texts, call_id);
    made->host = copy(made->texts + call_id.len, request->host);
    made->owner = asker->owner;
    made->done = asker->done;
    made->guest = asker->guest;
    made->chance = hash_keyed(&proxy->seed.numbers, call_id.at, call_id.len);
    if (!proceed(made, now)) {
        *search = made;
        return CAUSE_NONE;
    }
    enum cause cause;
    *places = take_places(made, &cause);
    search_free(made);
    return cause;
}

void search_late(const struct search *search) {
    note_failure(search, DNS_SILENT);
}

void search_free(struct search *search) {
    if (!search)
        return;
    for (unsigned i = 0; i < LOCATE_QUESTIONS; i++)
        names_leave(&search->asked[i].waiter);
    timer_stop(search->proxy->timers, &search->patience);
    locate_free(search->locate);
    free(search);
}
