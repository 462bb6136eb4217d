/* SPDX-License-Identifier: MIT */
#include "runtime/sip/locate.h"

#include "grammar/arena.h"

#include <stdlib.h>
#include <string.h>

enum {
    SERVICES_MAX = 6,
    QUESTIONS_MAX = 2 * LOCATE_SITES, /* of one stage */
    MEMORY_MAX = 64 * 1024,
};

enum stage { STAGE_NAPTR, STAGE_SRV, STAGE_ADDRESS, STAGE_OVER };

/* RFC 3263 4.1, RFC 7118 5.3. The first one is what a sip: URI means that says nothing. The services of WebSockets have
 * no names of their own: NAPTR records say them, or there are none. */
static const struct {
    const char *naptr, *srv;
    enum transport transport;
} known[] = {
    {"SIP+D2U", "_sip._udp.", TRANSPORT_UDP},   {"SIP+D2T", "_sip._tcp.", TRANSPORT_TCP},
    {"SIPS+D2T", "_sips._tcp.", TRANSPORT_TLS}, {"SIP+D2W", NULL, TRANSPORT_WS}, /* none, see above */
    {"SIPS+D2W", NULL, TRANSPORT_WSS},
};
enum { KNOWN = sizeof known / sizeof *known };

struct service { /* an SRV name */
    struct slice name;
    enum transport transport;
    struct dns_record *records; /* sorted */
    unsigned count;
};

struct site { /* a host with the port it listens on */
    struct slice name;
    uint16_t port;
    enum transport transport;
    unsigned rank; /* equal ranks are as good as each other */
    struct ip_address *addresses[2];
    unsigned counts[2]; /* IPv6, IPv4 */
};

struct question {
    struct slice name;
    enum dns_type type;
    unsigned of; /* service or site */
    bool answered;
};

struct locate {
    struct locate_request request;
    struct locate_means means;
    struct locate_judge judge;
    struct arena arena;
    enum stage stage;
    struct question questions[QUESTIONS_MAX]; /* of this stage */
    unsigned count, asked, answered;
    struct service services[SERVICES_MAX];
    unsigned service_count;
    struct site sites[LOCATE_SITES];
    unsigned site_count;
    struct endpoint places[LOCATE_PLACES];
    unsigned place_count;
    enum dns_status status;   /* of this stage's news the one that weighs most */
    enum transport transport; /* of the name itself, when there is no SRV record */
    bool refused;             /* an SRV record says that there is no such service */
    bool failed;              /* out of memory */
};

static bool is_served(const struct locate_request *request, const struct locate_means *means,
                      enum transport transport) {
    return means->families[transport] && (!request->secure || transports[transport].secure);
}

/* RFC 3263 4.1: UDP for sip:; without it the next that we have. */
static enum transport usual_transport(const struct locate_request *request, const struct locate_means *means) {
    for (unsigned i = 0; i < KNOWN; i++)
        if (is_served(request, means, known[i].transport))
            return known[i].transport;
    return TRANSPORT_NONE;
}

bool locate_possible(const struct locate_request *request, const struct locate_means *means) {
    return request->transport == TRANSPORT_NONE ? usual_transport(request, means) != TRANSPORT_NONE
                                                : is_served(request, means, request->transport);
}

/* Questions. */

static void ask(struct locate *locate, struct slice name, enum dns_type type, unsigned of) {
    if (name.at && locate->count < QUESTIONS_MAX)
        locate->questions[locate->count++] = (struct question){.name = name, .type = type, .of = of};
    locate->failed |= !name.at;
}

static void enter(struct locate *locate, enum stage stage) {
    locate->stage = stage;
    locate->count = locate->asked = locate->answered = 0;
    if (stage != STAGE_OVER)
        locate->status = DNS_NXDOMAIN;
}

static void add_site(struct locate *locate, struct slice name, uint16_t port, enum transport transport, unsigned rank) {
    if (locate->site_count < LOCATE_SITES)
        locate->sites[locate->site_count++] =
            (struct site){.name = name, .port = port, .transport = transport, .rank = rank};
}

static void ask_addresses(struct locate *locate) {
    enter(locate, STAGE_ADDRESS);
    for (unsigned i = 0; i < locate->site_count; i++) {
        const struct site *site = &locate->sites[i];
        unsigned families = locate->means.families[site->transport];
        if (families & LOCATE_IPV4)
            ask(locate, site->name, DNS_A, i);
        if (families & LOCATE_IPV6)
            ask(locate, site->name, DNS_AAAA, i);
    }
}

/* 4.2: the addresses of the name itself. */
static void ask_host(struct locate *locate) {
    const struct locate_request *request = &locate->request;
    uint16_t port = request->port ? request->port : transports[locate->transport].port;
    add_site(locate, request->host, port, locate->transport, 0);
    ask_addresses(locate);
}

static void add_service(struct locate *locate, struct slice name, enum transport transport) {
    if (locate->service_count < SERVICES_MAX)
        locate->services[locate->service_count++] = (struct service){.name = name, .transport = transport};
}

static void ask_services(struct locate *locate) {
    enter(locate, STAGE_SRV);
    for (unsigned i = 0; i < locate->service_count; i++)
        ask(locate, locate->services[i].name, DNS_SRV, i);
}

/* 4.1, 4.2: without NAPTR records the names of the services are made of the host's. A sip: URI asks for sip services
 * alone. */
static void ask_usual_services(struct locate *locate) {
    const struct locate_request *request = &locate->request;
    for (unsigned i = 0; i < KNOWN; i++) {
        bool wanted = request->transport == TRANSPORT_NONE
                          ? is_served(request, &locate->means, known[i].transport) &&
                                transports[known[i].transport].secure == request->secure
                          : request->transport == known[i].transport;
        if (!wanted || !known[i].srv)
            continue;
        char *name = arena_printf(&locate->arena, "%s%.*s", known[i].srv, SLICE_ARG(request->host));
        locate->failed |= !name;
        add_service(locate, slice_of(name), known[i].transport);
    }
    locate->service_count ? ask_services(locate) : ask_host(locate);
}

/* Records. */

static struct dns_record *copy_records(struct locate *locate, const struct dns_answer *answer, unsigned *count) {
    unsigned most = answer->count < DNS_RECORDS_MAX ? answer->count : DNS_RECORDS_MAX;
    struct dns_record *copy = arena_alloc(&locate->arena, (most ? most : 1) * sizeof *copy);
    *count = 0;
    for (unsigned i = 0; copy && i < most; i++) {
        copy[i] = answer->records[i];
        copy[i].name = arena_copy(&locate->arena, answer->records[i].name);
        if (answer->records[i].name.at && !copy[i].name.at)
            copy = NULL;
    }
    if (copy)
        *count = most;
    locate->failed |= !copy;
    return copy;
}

static int by_preference(const void *left, const void *right) {
    const struct dns_record *a = left, *b = right;
    return a->order != b->order ? a->order - b->order : a->preference - b->preference;
}

static void swap(struct dns_record *a, struct dns_record *b) {
    struct dns_record record = *a;
    *a = *b;
    *b = record;
}

/* RFC 2782: among the records of one priority each is next with a chance that its weight gives; those without weight
 * hardly ever before others. They stand in front, as sorting by weight has put them there. Where none has a weight all
 * have the same chance: a name server's order would stay for as long as its answer is kept. */
static void draw(struct locate *locate, struct dns_record *records, unsigned count) {
    for (unsigned first = 0; first + 1 < count; first++) {
        uint64_t sum = 0, running = 0, number = locate->judge.number(locate->judge.context);
        for (unsigned i = first; i < count; i++)
            sum += records[i].preference;
        unsigned chosen = first;
        if (!sum)
            chosen += (unsigned)(number % (count - first));
        while (sum && (running += records[chosen].preference) < number % (sum + 1))
            chosen++;
        for (; chosen > first; chosen--) /* the others keep their order */
            swap(&records[chosen], &records[chosen - 1]);
    }
}

static void sort_services(struct locate *locate, struct dns_record *records, unsigned count) {
    qsort(records, count, sizeof *records, by_preference);
    for (unsigned first = 0, end; first < count; first = end) {
        for (end = first; end < count && records[end].order == records[first].order; end++)
            ;
        draw(locate, records + first, end - first);
    }
}

/* 4.1: of the services that we have, those of the lowest order, by preference. */
static void take_naptr(struct locate *locate, const struct dns_answer *answer) {
    unsigned count;
    struct dns_record *records = copy_records(locate, answer, &count);
    int order = -1;
    if (count)
        qsort(records, count, sizeof *records, by_preference);
    for (unsigned i = 0; i < count; i++) {
        if (!slice_same(records[i].flags, SLICE("s")) || records[i].name.len == 0)
            continue;
        for (unsigned k = 0; k < KNOWN; k++) {
            if (!slice_same(records[i].service, slice_of(known[k].naptr)) ||
                !is_served(&locate->request, &locate->means, known[k].transport) ||
                (order >= 0 && records[i].order != order))
                continue;
            order = records[i].order;
            add_service(locate, records[i].name, known[k].transport);
        }
    }
    if (locate->service_count)
        locate->transport = locate->services[0].transport;
}

static void take_srv(struct locate *locate, struct service *service, const struct dns_answer *answer) {
    service->records = copy_records(locate, answer, &service->count);
    if (service->count)
        sort_services(locate, service->records, service->count);
}

static void take_addresses(struct locate *locate, const struct question *question, const struct dns_answer *answer) {
    struct site *site = &locate->sites[question->of];
    unsigned which = question->type == DNS_A;
    unsigned most = answer->count < LOCATE_PLACES ? answer->count : LOCATE_PLACES;
    site->addresses[which] = arena_alloc(&locate->arena, (most ? most : 1) * sizeof *site->addresses[which]);
    locate->failed |= !site->addresses[which];
    for (unsigned i = 0; site->addresses[which] && i < most; i++)
        site->addresses[which][site->counts[which]++] = answer->records[i].ip;
}

/* Results. */

/* A name server that fails weighs more than a name without records, and that more than none at all: another family or
 * service may have had something. */
static void note(struct locate *locate, enum dns_status status) {
    static const uint8_t weight[] = {[DNS_FOUND] = 1,   [DNS_NXDOMAIN] = 0, [DNS_NODATA] = 1, [DNS_FAILED] = 2,
                                     [DNS_REFUSED] = 2, [DNS_SERVFAIL] = 2, [DNS_SILENT] = 3};
    if (weight[status] > weight[locate->status])
        locate->status = status == DNS_FOUND ? DNS_NODATA : status;
}

static void add_place(struct locate *locate, const struct site *site, const struct ip_address *ip) {
    struct endpoint place = {.ip = *ip, .port = site->port, .transport = (uint8_t)site->transport};
    for (unsigned i = 0; i < locate->place_count; i++)
        if (endpoint_equal(&locate->places[i], &place))
            return;
    if (locate->place_count < LOCATE_PLACES)
        locate->places[locate->place_count++] = place;
}

static void add_site_places(struct locate *locate, const struct site *site, bool avoided) {
    for (unsigned which = 0; which < 2; which++) /* RFC 6724: IPv6 first */
        for (unsigned i = 0; i < site->counts[which]; i++) {
            struct endpoint place = {.ip = site->addresses[which][i], .port = site->port};
            place.transport = (uint8_t)site->transport;
            if (locate->judge.avoided(locate->judge.context, &place) == avoided)
                add_place(locate, site, &place.ip);
        }
}

/* What has failed lately stands behind its equals. */
static void finish(struct locate *locate) {
    enter(locate, STAGE_OVER);
    for (unsigned first = 0, end; first < locate->site_count; first = end) {
        for (end = first; end < locate->site_count && locate->sites[end].rank == locate->sites[first].rank; end++)
            ;
        for (unsigned i = first; i < end; i++)
            add_site_places(locate, &locate->sites[i], false);
        for (unsigned i = first; i < end; i++)
            add_site_places(locate, &locate->sites[i], true);
    }
}

/* RFC 2782: a target "." says that there is no such service here. */
static void follow_services(struct locate *locate) {
    unsigned rank = 0;
    for (unsigned i = 0; i < locate->service_count; i++) {
        const struct service *service = &locate->services[i];
        for (unsigned n = 0; n < service->count; n++) {
            const struct dns_record *record = &service->records[n];
            if (n == 0 || record->order != service->records[n - 1].order)
                rank++;
            if (record->name.len && record->port)
                add_site(locate, record->name, record->port, service->transport, rank);
            else
                locate->refused = true;
        }
    }
    if (locate->site_count) {
        ask_addresses(locate);
        locate->status = DNS_NODATA; /* the name is there, whatever its records lead to */
    } else if (locate->refused || locate->status == DNS_SILENT) {
        finish(locate);
    } else {
        ask_host(locate);
    }
}

/* Everything that was asked in this stage has been answered. */
static void advance(struct locate *locate) {
    switch (locate->stage) {
    case STAGE_NAPTR:
        if (locate->service_count)
            ask_services(locate);
        else if (locate->status == DNS_SILENT)
            finish(locate);
        else if (locate->status == DNS_NXDOMAIN) /* nothing is below such a name (RFC 8020) */
            ask_host(locate);
        else
            ask_usual_services(locate);
        break;
    case STAGE_SRV: follow_services(locate); break;
    case STAGE_ADDRESS: finish(locate); break;
    case STAGE_OVER: break;
    }
}

/* The machine. */

struct locate *locate_new(const struct locate_request *request, const struct locate_means *means,
                          const struct locate_judge *judge) {
    struct locate *locate = calloc(1, sizeof *locate);
    if (!locate)
        return NULL;
    locate->request = *request;
    locate->means = *means;
    locate->judge = *judge;
    locate->status = DNS_NXDOMAIN;
    locate->transport = request->transport == TRANSPORT_NONE ? usual_transport(request, means) : request->transport;
    arena_init(&locate->arena, NULL, 0, MEMORY_MAX);
    locate->request.host = arena_copy(&locate->arena, request->host);
    if (!locate->request.host.at) {
        locate_free(locate);
        return NULL;
    }
    if (request->port)
        ask_host(locate);
    else if (request->transport != TRANSPORT_NONE)
        ask_usual_services(locate);
    else
        ask(locate, locate->request.host, DNS_NAPTR, 0);
    return locate;
}

void locate_free(struct locate *locate) {
    if (!locate)
        return;
    arena_free(&locate->arena);
    free(locate);
}

bool locate_ask(struct locate *locate, struct locate_question *question) {
    if (locate->failed || locate->asked == locate->count || locate->asked - locate->answered == LOCATE_QUESTIONS)
        return false;
    const struct question *next = &locate->questions[locate->asked];
    *question = (struct locate_question){.id = locate->asked++, .type = next->type, .name = next->name};
    return true;
}

void locate_answer(struct locate *locate, unsigned id, const struct dns_answer *answer) {
    struct question *question = &locate->questions[id];
    if (question->answered)
        return;
    question->answered = true;
    locate->answered++;
    note(locate, answer->status);
    if (answer->status == DNS_FOUND)
        switch (question->type) {
        case DNS_NAPTR: take_naptr(locate, answer); break;
        case DNS_SRV: take_srv(locate, &locate->services[question->of], answer); break;
        case DNS_A:
        case DNS_AAAA: take_addresses(locate, question, answer); break;
        case DNS_TYPES: break;
        }
    if (locate->answered == locate->count)
        advance(locate);
}

enum locate_yield locate_yield(const struct locate *locate) {
    const struct site *there = NULL, *missing = NULL; /* the first of those, and they stand by rank */
    if (locate->stage != STAGE_ADDRESS || locate->failed)
        return LOCATE_NONE;
    for (unsigned i = 0; i < locate->asked; i++) {
        const struct site *site = &locate->sites[locate->questions[i].of];
        if (site->counts[0] || site->counts[1])
            there = there ? there : site;
        else if (!locate->questions[i].answered)
            missing = missing ? missing : site;
    }
    if (!there || (missing && missing->rank < there->rank))
        return LOCATE_NONE;
    return missing ? LOCATE_SOME : LOCATE_EVERY_HOST;
}

void locate_hurry(struct locate *locate) {
    if (locate_yield(locate) != LOCATE_NONE)
        finish(locate);
}

bool locate_over(const struct locate *locate) {
    return locate->failed || locate->stage == STAGE_OVER;
}

enum dns_status locate_result(const struct locate *locate, const struct endpoint **places, unsigned *count) {
    *places = locate->places;
    *count = locate->failed ? 0 : locate->place_count;
    return *count ? DNS_FOUND : locate->failed ? DNS_FAILED : locate->status;
}
