/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/standing.h"

#include "runtime/proxy/call.h"
#include "runtime/proxy/event.h"
#include "runtime/state/health.h"

#include <errno.h>

enum { RETRY_AFTER_MOST = 300 * 1000 /* ms */ };

int standing_open(struct proxy *proxy) {
    proxy->health = health_new(&proxy->seed.tables, HEALTH_MOST);
    return proxy->health ? 0 : -ENOMEM;
}

void standing_close(struct proxy *proxy) {
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

enum cause standing_ask(struct attempt *attempt, uint64_t now) {
    const struct call *call = attempt->call;
    const struct endpoint place = place_of(attempt);
    enum health_advice advice = (hold_time(call) ? health_ask : health_look)(call->proxy->health, &place, now);
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

/* Who has gone without a word (no FIN has come) is waited for in vain until the system finds that out, and by every
 * call that takes his connection. */
static void doubt_connection(const struct attempt *attempt) {
    const struct call *call = attempt->call;
    const struct world *world = call->proxy->world;
    uint64_t connection = attempt->client ? client_connection(attempt->client) : 0;
    if (connection && attempt->cause == CAUSE_TIMEOUT_INVITING)
        world->doubt(world->context, connection, call->started + attempt->start);
}

/* One that was cut short, by the caller or timer.total, says nothing. */
void standing_note_end(struct attempt *attempt, uint64_t now) {
    enum cause_kind kind = cause_kinds[attempt->cause];
    const struct endpoint place = place_of(attempt);
    if (attempt->advice == HEALTH_UNASKED || attempt->first != UINT32_MAX)
        return;
    doubt_connection(attempt);
    if (kind == CAUSE_KIND_SILENCE || kind == CAUSE_KIND_TRANSPORT)
        note_failure(attempt, now);
    else if (attempt->advice == HEALTH_TRIAL)
        health_untried(attempt->call->proxy->health, &place);
}

/* Could anything be known against it? Nothing was when it was asked for, and since then nothing new is. */
static bool may_be_known(const struct attempt *attempt) {
    const struct call *call = attempt->call;
    return attempt->advice != HEALTH_GOOD || health_newest(call->proxy->health) >= call->started + attempt->start;
}

/* RFC 3261 20.33, in ms; a comment or parameters may follow the seconds. */
static uint32_t retry_after(const struct sip_message *message) {
    uint32_t ms = 0;
    if (!message->first[HEADER_RETRY_AFTER])
        return HEALTH_BEHIND;
    struct slice value = scan_value(message, message->first[HEADER_RETRY_AFTER] - 1u);
    for (size_t i = 0; i < value.len && byte_is_digit((unsigned char)value.at[i]) && ms < RETRY_AFTER_MOST; i++)
        ms = 10 * ms + 1000 * (uint32_t)(value.at[i] - '0');
    return ms < RETRY_AFTER_MOST ? ms : RETRY_AFTER_MOST;
}

void standing_note_response(struct attempt *attempt, const struct sip_message *message, uint64_t now) {
    const struct call *call = attempt->call;
    struct proxy *proxy = call->proxy;
    struct sip_message scanned;
    const struct endpoint place = place_of(attempt);
    bool held = false;
    if (message->status == 503)
        held = health_busy(proxy->health, &place, retry_after(message), now);
    else if (may_be_known(attempt))
        held = health_responded(proxy->health, &place);
    if (held)
        EVENT(proxy, LOG_NOTICE, "held-no-more", call_request(call, &scanned)->call_id, call->plan.rule,
              {"destination", event_endpoint(proxy, &place)},
              {"transport", slice_of(transports[place.transport].name)});
}
