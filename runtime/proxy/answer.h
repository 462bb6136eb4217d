/* SPDX-License-Identifier: MIT */
/* A request under way through its checks, and the answers that end it without a call. */
#ifndef FOV_RUNTIME_PROXY_ANSWER_H
#define FOV_RUNTIME_PROXY_ANSWER_H

#include "runtime/proxy/call.h"
#include "runtime/proxy/event.h"
#include "runtime/proxy/words_state.h"

struct held_place;

struct request {
    struct proxy *proxy;
    const struct packet *packet;
    struct sip_message *message;
    struct server_transaction *server; /* NULL: an ACK, or none could be made */
    struct slice uri;                  /* the Request-URI as it came */
    struct route route;
    int route_error;
    struct route_flows flows;
    struct way way;         /* to the flow that it is for, if any */
    bool edge;              /* from outside any dialog, and for a flow that we have put into a Path (RFC 5626 5.3.1) */
    struct outcome outcome; /* in the scratch arena */
    struct proxy_facts facts;
    uint64_t loop;
    unsigned breadth;
    const struct held_place *held; /* an ACK that waited for the place of its name; NULL: it has not waited */
    bool initial;                  /* no To tag */
    struct slice user; /* whose credentials it brought, and they were good; null: nobody has asked for any */
    bool call;         /* an INVITE that the plan was asked about: it gets a call record */
    char tag[TAG_LENGTH];
};

/* A final of our own; `reason` NULL: the usual phrase; `own`: headers beside the plan's, NULL for
 * none. An ACK is dropped instead. */
void answer_final(struct request *request, unsigned code, const char *reason, const struct event_field *own);
/* The same, 500 and counted. */
void answer_no_memory(struct request *request);
/* The two halves of a final, not for an ACK: the bytes, in the scratch arena (null: out of memory), and their way
 * out. */
struct slice answer_build(struct request *request, unsigned code, const char *reason, const struct event_field *own);
void answer_send(struct request *request, unsigned code, const char *reason, struct slice bytes);
/* No answer at all, however often it comes. */
void answer_nothing(struct request *request);

#endif
