/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/redirect.h"

#include "runtime/proxy/event.h"
#include "runtime/proxy/forward.h"
#include "runtime/proxy/target.h"
#include "runtime/sip/values.h"
#include "runtime/sip/words_message.h"

/* Of one response. Comparing URIs is the costly part, and a peer can make many that are long. */
enum { CONTACTS_READ = 2 * REDIRECTS_MAX };

static bool same_place(struct slice text, const struct sip_uri *uri) {
    struct sip_uri other;
    return text.at && message_host(text, &other) && uri_equal(&other, uri);
}

bool redirect_tried(const struct call *call, const struct sip_uri *uri) {
    for (const struct attempt *attempt = call->attempts; attempt; attempt = attempt->next) {
        struct slice used = attempt_uri(attempt), hop = attempt->target->hop;
        if (same_place(used, uri) || (!slice_equal(hop, used) && same_place(hop, uri)))
            return true;
    }
    return false;
}

static bool is_allowed(const struct attempt *attempt, const struct sip_uri *uri) {
    const struct call *call = attempt->call;
    uint32_t hosts = call->plan.failover.redirect_hosts;
    if (uri->scheme != URI_SIP && uri->scheme != URI_SIPS)
        return false;
    if (hosts != OUTCOME_NO_PATTERN && !vm_matches(call->proxy->image, hosts, uri->host, call->proxy->rx))
        return false;
    return target_is_harmless(uri, &attempt->remote.ip) && !redirect_tried(call, uri);
}

/* One of those that were put into the sequence just now. */
static bool is_repeated(const struct target *targets, const struct target *end, const struct sip_uri *uri) {
    for (; targets != end; targets = targets->next)
        if (same_place(targets->hop, uri))
            return true;
    return false;
}

/* With $replaceuri = false a Contact gives the next hop alone. To is the redirecting target's. */
static struct target *new_target(struct attempt *attempt, struct slice uri) {
    struct call *call = attempt->call;
    struct arena *arena = call_arena(call);
    struct target *target = arena ? arena_alloc(arena, sizeof *target) : NULL;
    struct slice text = target ? arena_copy(arena, uri) : SLICE_NULL;
    if (!text.at)
        return NULL;
    *target = *attempt->target;
    target->uri = call->plan.replace_uri ? text : SLICE_NULL;
    target->hop = text;
    target->by_route = target->udp = false;
    target->not_here = !ip_is_loopback(&attempt->remote.ip);
    target->redirected = true;
    target->missing = CAUSE_NONE;
    target->way = NULL;
    target->transport = TRANSPORT_NONE;
    return target;
}

/* Who waits and is the same place was moved to the front: no URI is tried twice (16.5). A contact behind a NAT is not:
 * its URI alone does not lead to it. */
static void remove_waiting(struct target **place, const struct sip_uri *uri) {
    while (*place) {
        enum transport asked = (*place)->transport; /* UDP is what an alternate without one means */
        bool elsewhere = (*place)->way && (*place)->way->nat;
        if (!elsewhere && (asked == TRANSPORT_NONE || asked == TRANSPORT_UDP) && same_place((*place)->hop, uri))
            *place = (*place)->next;
        else
            place = &(*place)->next;
    }
}

void redirect_follow(struct attempt *attempt, const struct sip_message *message) {
    struct call *call = attempt->call;
    struct arena *scratch = &call->proxy->scratch;
    struct contact contacts[CONTACTS_MAX];
    struct target *behind = call->targets, **place = &call->targets;
    unsigned followed = 0;
    int count = values_contacts(scratch, message, contacts); /* the best ones first */
    for (int i = 0; i < count && i < CONTACTS_READ && call->redirects < REDIRECTS_MAX; i++) {
        struct sip_uri uri;
        struct slice text = forward_clean_uri(scratch, contacts[i].uri.text);
        if (!text.at || uri_parse(&uri, text, 0) || !is_allowed(attempt, &uri) ||
            is_repeated(call->targets, behind, &uri))
            continue;
        struct target *target = new_target(attempt, text);
        if (!target)
            break;
        remove_waiting(&behind, &uri);
        target->next = behind;
        *place = target;
        place = &target->next;
        call->redirects++;
        followed++;
    }
    EVENT(call->proxy, LOG_INFO, "redirect", message->call_id, call->plan.rule,
          {"code", event_number(call->proxy, message->status)},
          {"contacts", event_number(call->proxy, count > 0 ? (unsigned)count : 0)},
          {"followed", event_number(call->proxy, followed)});
}
