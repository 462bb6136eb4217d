/* SPDX-License-Identifier: MIT */
/* Locating a SIP server by its name (RFC 3263 4, RFC 2782): a machine that names the records it wants to know, takes
 * the answers in any order, and ends with the places to try, in order. It asks nobody itself.
 *
 *                 NAPTR ----> SRV ----> A, AAAA of the SRV targets
 *                   |          |
 *     no transport  |  a transport,     A, AAAA of the name: a port was given, or there is no SRV record
 *     is said       |  no port
 *
 * It always ends: each step asks once, about at most LOCATE_SITES hosts. */
#ifndef FOV_RUNTIME_SIP_LOCATE_H
#define FOV_RUNTIME_SIP_LOCATE_H

#include "runtime/sip/address.h"
#include "runtime/sip/dns.h"

enum {
    LOCATE_PLACES = 16,   /* results, at most */
    LOCATE_SITES = 16,    /* SRV records that are followed */
    LOCATE_QUESTIONS = 8, /* asked at one time */
};

struct locate_request {
    struct slice host;        /* a name, no address */
    uint16_t port;            /* 0: none was given */
    enum transport transport; /* TRANSPORT_NONE: nobody said which */
    bool secure;              /* only over secure transports */
};

enum { LOCATE_IPV4 = 1, LOCATE_IPV6 = 2 };

/* What we can send over: for each transport the families. */
struct locate_means {
    uint8_t families[TRANSPORT_COUNT];
};

struct locate_judge {
    void *context;
    uint64_t (*number)(void *context); /* chance, for weights */
    /* Has it failed lately? Then it comes behind those that are as good. */
    bool (*avoided)(void *context, const struct endpoint *place);
};

struct locate_question {
    unsigned id;
    enum dns_type type;
    struct slice name; /* valid until locate_free() */
};

enum locate_yield {
    LOCATE_NONE,       /* nothing that could be tried first; or it is over */
    LOCATE_SOME,       /* what could be tried first; addresses of other hosts, as good or worse, are still to come */
    LOCATE_EVERY_HOST, /* all that is to come is of the other family, of hosts that have some already (RFC 8305 3); or
                          hosts are left about which there is no room to ask, as long as it does not come */
};

struct locate;

/* Is there a transport for it at all? */
bool locate_possible(const struct locate_request *request, const struct locate_means *means);
/* Texts are copied. NULL: out of memory. */
struct locate *locate_new(const struct locate_request *request, const struct locate_means *means,
                          const struct locate_judge *judge);
void locate_free(struct locate *locate);
/* The next question that wants an answer, each once; false: none, for now or at all. */
bool locate_ask(struct locate *locate, struct locate_question *question);
/* What is known about the question `id`. */
void locate_answer(struct locate *locate, unsigned id, const struct dns_answer *answer);
/* How much is known of what was asked, for who does not want to wait for the rest. */
enum locate_yield locate_yield(const struct locate *locate);
/* Ends it with what is there, when that is LOCATE_SOME or more. */
void locate_hurry(struct locate *locate);
bool locate_over(const struct locate *locate);
/* Once it is over: DNS_FOUND and the places, the first to be tried first; or why there are none. Valid until
 * locate_free(). DNS_FAILED when memory was out on the way. */
enum dns_status locate_result(const struct locate *locate, const struct endpoint **places, unsigned *count);

#endif
