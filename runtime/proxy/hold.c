/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/hold.h"

#include "runtime/proxy/call.h"
#include "runtime/proxy/event.h"
#include "runtime/state/health.h"

#include <errno.h>

int hold_open(struct proxy *proxy) {
    proxy->health = health_new(&proxy->seed.tables, HEALTH_MOST);
    return proxy->health ? 0 : -ENOMEM;
}

void hold_close(struct proxy *proxy) {
    health_free(proxy->health);
}

/* What is known of a destination is known of the transport that it was to be reached by; a request that was too long
 * for that one's datagrams says nothing of another. */
static struct endpoint place_of(const struct attempt *attempt) {
    struct endpoint place = attempt->remote;
    if (attempt->switched)
        place.transport = TRANSPORT_UDP;
    return place;
}

/* ms; 0: off. */
static uint32_t hold_time(const struct call *call) {
    uint32_t own = call->plan.failover.hold_down;
    return own == OUTCOME_NOT_SAID ? call->proxy->settings->hold_down : own;
}

enum cause hold_ask(struct attempt *attempt, uint64_t now) {
    const struct call *call = attempt->call;
    if (!hold_time(call))
        return CAUSE_NONE;
    const struct endpoint place = place_of(attempt);
    enum health_advice advice = health_ask(call->proxy->health, &place, now);
    attempt->advice = (uint8_t)advice;
    return advice == HEALTH_HELD && call->initial && !call->anyway ? CAUSE_HELD_DOWN : CAUSE_NONE;
}

static void note_failure(struct attempt *attempt, uint64_t now) {
    const struct call *call = attempt->call;
    struct proxy *proxy = call->proxy;
    struct sip_message scanned;
    const struct endpoint place = place_of(attempt);
    const struct health_failure failure = {attempt->cause, hold_time(call), attempt->advice == HEALTH_TRIAL};
    uint32_t held = health_failed(proxy->health, &place, &failure, now);
    if (held)
        EVENT(proxy, LOG_NOTICE, "held-down", call_request(call, &scanned)->call_id, call->plan.rule,
              {"destination", event_endpoint(proxy, &place)}, {"transport", slice_of(transports[place.transport].name)},
              {"cause", slice_of(causes[attempt->cause])}, {"ms", event_number(proxy, held)});
}

/* One that was cut short, by the caller or timer.total, says nothing. */
void hold_note_end(struct attempt *attempt, uint64_t now) {
    const struct call *call = attempt->call;
    enum cause_kind kind = cause_kinds[attempt->cause];
    const struct endpoint place = place_of(attempt);
    if (!hold_time(call) || !attempt->remote.ip.family || attempt->first != UINT32_MAX)
        return;
    if (kind == CAUSE_KIND_SILENCE || kind == CAUSE_KIND_TRANSPORT)
        note_failure(attempt, now);
    else if (attempt->advice == HEALTH_TRIAL)
        health_untried(call->proxy->health, &place);
}

/* Could anything be known against it? Nothing was when it was asked for, and since then nothing new is. */
static bool may_be_known(const struct attempt *attempt) {
    const struct call *call = attempt->call;
    return attempt->advice != HEALTH_GOOD || health_newest(call->proxy->health) >= call->started + attempt->start;
}

void hold_note_response(struct attempt *attempt) {
    const struct call *call = attempt->call;
    struct proxy *proxy = call->proxy;
    struct sip_message scanned;
    const struct endpoint place = place_of(attempt);
    if (hold_time(call) && may_be_known(attempt) && health_responded(proxy->health, &place))
        EVENT(proxy, LOG_NOTICE, "held-no-more", call_request(call, &scanned)->call_id, call->plan.rule,
              {"destination", event_endpoint(proxy, &place)},
              {"transport", slice_of(transports[place.transport].name)});
}
