/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/failover.h"

#include "runtime/proxy/contacts.h"
#include "runtime/proxy/redirect.h"
#include "runtime/proxy/response.h"
#include "runtime/proxy/search.h"

#include <stddef.h>
#include <stdio.h>

/* RFC 3326 3.1 */
#define ANSWERED_ELSEWHERE SLICE("Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n")

/* What a CANCEL of ours says: what the caller said, or why nobody is called any more. */
static struct slice cancel_reason(const struct call *call) {
    if (call->cancelled)
        return call->reason ? *call->reason : SLICE_EMPTY;
    return call->final / 100 == 2 ? ANSWERED_ELSEWHERE : SLICE_EMPTY;
}

/* Nothing starts any more. Goes up: 487 to a caller that gave up, else the best final; but not
 * before every attempt that was cancelled has ended, for one of them may still be answered. After
 * 4*T1 at the latest. */
static void settle(struct call *call, bool now_or_never, uint64_t now) {
    bool awaited = false;
    if (call->final)
        return;
    for (const struct attempt *attempt = call->attempts; attempt; attempt = attempt->next)
        awaited |= attempt->awaited;
    if (!awaited || now_or_never)
        call->cancelled ? response_make(call, 487, now) : response_best(call, now);
}

static struct call *call_of(struct timer *timer) {
    return (struct call *)(void *)((char *)timer - offsetof(struct call, timer));
}

static void wait_fires(struct timer *timer, uint64_t now) {
    struct call *call = call_of(timer);
    arena_reset(&call->proxy->scratch);
    call_hold(call);
    settle(call, true, now);
    call_release(call);
}

/* No attempt starts any more. */
static void end_sequence(struct call *call) {
    call->over = true;
    call->targets = NULL;
    call->current = NULL;
    call_leave_target(call);
}

static void sequence_over(struct call *call, uint64_t now) {
    bool waits = call->over;
    end_sequence(call);
    settle(call, false, now);
    if (!call->final && !waits)
        timer_set(call->proxy->timers, &call->timer, now, 4 * call->proxy->settings->timers.t1, wait_fires);
}

/* One of several contacts of a user: the entry that it came from, else NULL. */
static const struct target *entry_of(const struct target *target) {
    return target->way ? target->way->entry : NULL;
}

/* Does a final of that code lead to the next target? Without failover it leads to the next contact of the same user,
 * but for a challenge and a 6xx, which are for all of them (language.md 4). */
static bool moves_on(const struct attempt *attempt, unsigned code) {
    const struct call *call = attempt->call;
    const struct outcome_failover *failover = &call->plan.failover;
    char digits[12];
    if (!call->plan.session)
        return entry_of(attempt->target) && code / 100 < 6 && code != 401 && code != 407;
    if ((code == 401 || code == 407) && !failover->response_set)
        return false;
    if (failover->response == OUTCOME_NO_PATTERN)
        return true;
    int length = snprintf(digits, sizeof digits, "%u", code);
    return vm_matches(call->proxy->image, failover->response, (struct slice){digits, (size_t)length}, call->proxy->rx);
}

/* Does an end without a final lead to the next target? The pattern is searched in the name of what happened, as the
 * other one is in a response's digits. */
static bool failure_moves_on(const struct attempt *attempt) {
    const struct call *call = attempt->call;
    uint32_t pattern = call->plan.failover.cause;
    if (!call->plan.session || pattern == OUTCOME_NO_PATTERN || cause_kinds[attempt->cause] == CAUSE_KIND_NEITHER)
        return true;
    return vm_matches(call->proxy->image, pattern, slice_of(causes[attempt->cause]), call->proxy->rx);
}

static void offer(struct call *call, unsigned code, const struct sip_message *message, struct attempt *attempt) {
    best_offer(&call->best, code, message, attempt, call->plan.failover.pick == RESPONSE_LAST);
}

/* An attempt that nobody answered counts as 408; for a non-INVITE there is none (RFC 4320 4.2). */
static void offer_silence(struct call *call, struct attempt *attempt) {
    if (call->invite)
        offer(call, 408, NULL, attempt);
    else
        call->silent = true;
}

/* A transport failure counts as 503, that of a flow as 430. */
static void offer_failure(struct call *call, struct attempt *attempt) {
    bool flow = attempt->cause == CAUSE_FLOW_FAILED || (call->edge && attempt == call->attempts);
    unsigned code = flow ? 430 : 503;
    offer(call, attempt->code ? attempt->code : code, NULL, attempt);
}

/* Without failover the rest of a list of targets is for what cannot be reached. A user was, when any of the contacts
 * has answered. */
static bool is_exhausted(const struct call *call) {
    const struct target *entry = call->newest ? entry_of(call->newest->target) : NULL;
    if (!call->targets || call->plan.session || !entry || entry_of(call->targets) == entry)
        return !call->targets;
    for (const struct attempt *attempt = call->attempts; attempt; attempt = attempt->next)
        if (entry_of(attempt->target) == entry && attempt->code)
            return true;
    return false;
}

/* RFC 3263 4.3: are there other places of the same name? */
static bool has_places(const struct call *call) {
    return call->places && call->places->next < call->places->count;
}

static void note_no_memory(struct call *call) {
    proxy_count(call->proxy, COUNTER_NO_MEMORY);
    offer(call, 503, NULL, NULL);
}

/* The attempt at the next place of the same name; NULL: there is none, or no memory for it. */
static struct attempt *start_place(struct call *call, uint64_t now) {
    if (!has_places(call))
        return NULL;
    struct attempt *attempt = attempt_start(call, call->newest->target, now);
    if (!attempt)
        note_no_memory(call);
    return attempt;
}

static bool was_tried(const struct attempt *attempt) {
    return attempt->cause != CAUSE_HELD_DOWN && cause_kinds[attempt->cause] != CAUSE_KIND_UNSENT &&
           !attempt_code(attempt->cause);
}

/* Whether nobody could be tried but targets that are held down: then they are, in their order. */
static bool put_back_held(struct call *call) {
    struct target **end = &call->targets;
    const struct target *last = NULL; /* a name has an attempt for each of its places */
    if (call->anyway)
        return false;
    for (const struct attempt *attempt = call->attempts; attempt; attempt = attempt->next)
        if (was_tried(attempt))
            return false;
    for (const struct attempt *attempt = call->attempts; attempt; attempt = attempt->next) {
        if (attempt->cause != CAUSE_HELD_DOWN || attempt->target == last)
            continue;
        last = *end = attempt->target;
        end = &attempt->target->next;
    }
    *end = NULL;
    call->anyway = true;
    return call->targets;
}

/* RFC 5626 7: a client that has answered over one of its flows is not asked over another, unless the answer was about
 * the flow. */
static bool has_answered(const struct call *call, const struct target *target) {
    uint32_t instance = target->way ? target->way->instance : 0;
    for (const struct attempt *attempt = call->attempts; attempt && instance; attempt = attempt->next)
        if (entry_of(attempt->target) == entry_of(target) && attempt->target->way->instance == instance &&
            attempt->code && attempt->code != 408 && attempt->code != 430)
            return true;
    return false;
}

/* The attempt at the next target; NULL: its contacts have taken its place, nobody wants to be asked there again, or
 * there is no memory for it. */
static struct attempt *start_target(struct call *call, uint64_t now) {
    struct target *target = call->targets;
    call->targets = target->next;
    call_leave_target(call);
    if (has_answered(call, target))
        return NULL;
    int expanded = contacts_expand(call, target);
    struct attempt *attempt = expanded ? NULL : attempt_start(call, target, now);
    if (!attempt && expanded <= 0)
        note_no_memory(call);
    return attempt;
}

/* An attempt has begun. False: it is over, and another one is to follow. */
static bool goes_on(struct attempt *attempt, uint64_t now) {
    struct call *call = attempt->call;
    if (attempt->state == ATTEMPT_RUNNING) {
        call->current = attempt;
        return true;
    }
    if (attempt->code && !has_places(call) && !moves_on(attempt, attempt->code)) {
        end_sequence(call);
        response_make(call, attempt->code, now);
        return true;
    }
    if (attempt->cause == CAUSE_HELD_DOWN)
        return false; /* nobody has said anything that the caller could be told */
    offer_failure(call, attempt);
    if (attempt->code || has_places(call) || failure_moves_on(attempt))
        return false;
    sequence_over(call, now);
    return true;
}

/* The next place of the same name, or the next target, that can be tried; without one the sequence is over. */
static void next(struct call *call, uint64_t now) {
    struct attempt *attempt = start_place(call, now);
    call->current = NULL;
    while (attempt || (!call->over && (!is_exhausted(call) || put_back_held(call)))) {
        if (!attempt)
            attempt = start_target(call, now);
        if (attempt && goes_on(attempt, now))
            return;
        attempt = attempt ? start_place(call, now) : NULL;
    }
    sequence_over(call, now);
}

/* What came shows that nobody else of that name is wanted: the next target. */
static void next_target(struct call *call, uint64_t now) {
    call_leave_target(call);
    next(call, now);
}

void sequence_started(struct attempt *attempt, uint64_t now) {
    if (!goes_on(attempt, now))
        next(attempt->call, now);
}

static void total_fires(struct timer *timer, uint64_t now) {
    struct call *call = call_of(timer);
    arena_reset(&call->proxy->scratch);
    call_hold(call);
    if (call->current) {
        offer_silence(call, call->current);
        attempt_give_up(call->current, CAUSE_TIMEOUT_TOTAL, SLICE_EMPTY, now);
    }
    sequence_over(call, now);
    call_release(call);
}

static void trying_fires(struct timer *timer, uint64_t now) {
    struct call *call = call_of(timer);
    arena_reset(&call->proxy->scratch);
    response_trying(call, now);
}

/* RFC 4320 4.1: a non-INVITE that is not answered by the time at which its client's Timer E reaches
 * T2 gets a 100 then, and not before. */
static uint32_t trying_delay(const struct transaction_settings *timers) {
    uint32_t delay = 0;
    for (uint32_t interval = timers->t1; interval && interval < timers->t2; interval *= 2)
        delay += interval;
    return delay;
}

void sequence_start(struct call *call, uint64_t now) {
    struct proxy *proxy = call->proxy;
    if (call->invite)
        response_trying(call, now);
    else
        timer_set(proxy->timers, &call->timer, now, trying_delay(&proxy->settings->timers), trying_fires);
    if (call->plan.session && call->plan.failover.total)
        timer_set(proxy->timers, &call->timer, now, call->plan.failover.total, total_fires);
    next(call, now);
}

static void provisional(struct attempt *attempt, const struct sip_message *message, uint64_t now) {
    struct call *call = attempt->call;
    if (attempt->state == ATTEMPT_GIVEN_UP && call->invite)
        attempt_cancel(attempt, cancel_reason(call), now);
    if (attempt->state != ATTEMPT_RUNNING)
        return;
    attempt_progress(attempt, message->status, now);
    /* RFC 4320 4.1: nothing but a 100 of our own for a non-INVITE. */
    if (message->status > 100 && call->invite && !call->final)
        response_relay(attempt, message, false, now);
}

/* The first 2xx ends the sequence, whoever sends it; further ones go up as well (16.7 step 5). */
static void success(struct attempt *attempt, const struct sip_message *message, uint64_t now) {
    struct call *call = attempt->call;
    struct attempt *pending = call->current != attempt ? call->current : NULL;
    if (attempt->code != message->status)
        attempt_end(attempt, CAUSE_RESPONSE, message->status, now);
    if (!call->invite && call->final)
        return;
    end_sequence(call);
    if (pending) /* before the call's record is written; the 2xx has the same time */
        attempt_give_up(pending, CAUSE_ANSWERED_ELSEWHERE, ANSWERED_ELSEWHERE, now);
    response_relay(attempt, message, false, now);
}

/* RFC 3263 4.3: 503 means that another place of the name is to be tried, whatever the plan says about responses. */
static bool is_elsewhere(const struct attempt *attempt, const struct sip_message *message) {
    return message->status == 503 && has_places(attempt->call);
}

static void failure(struct attempt *attempt, const struct sip_message *message, uint64_t now) {
    struct call *call = attempt->call;
    bool running = attempt->state == ATTEMPT_RUNNING;
    attempt_end(attempt, CAUSE_RESPONSE, message->status, now);
    if (!running) {
        if (call->over)
            settle(call, false, now);
        return;
    }
    if (!call->invite && message->status == 408) { /* RFC 4320 4.2: not for us to send */
        call->silent = true;
        next_target(call, now);
    } else if (is_elsewhere(attempt, message)) {
        offer(call, 503, message, attempt);
        next(call, now);
    } else if (!moves_on(attempt, message->status)) {
        end_sequence(call);
        response_relay(attempt, message, !call->plan.session, now);
    } else {
        if (message->status / 100 == 3 && call->plan.session && call->plan.failover.redirection)
            redirect_follow(attempt, message);
        else
            offer(call, message->status, message, attempt);
        next_target(call, now);
    }
}

void sequence_response(struct attempt *attempt, const struct sip_message *message, uint64_t now) {
    struct call *call = attempt->call;
    call_hold(call);
    attempt_responded(attempt, message, now);
    if (message->status < 200)
        provisional(attempt, message, now);
    else if (message->status < 300)
        success(attempt, message, now);
    else
        failure(attempt, message, now);
    call_release(call);
}

/* May a timer still lead to the next target, after what came from this one (&failover.after)? Without failover only
 * silence does. Timer C runs in any case. */
static bool timer_moves_on(const struct attempt *attempt) {
    const struct call *call = attempt->call;
    if (!attempt->provisional)
        return true;
    if (!call->plan.session || call->plan.failover.after == AFTER_NONE)
        return false;
    return call->plan.failover.after == AFTER_18X || !attempt->ringing;
}

void sequence_timeout(struct attempt *attempt, enum cause cause, uint64_t now) {
    struct call *call = attempt->call;
    if (attempt->state != ATTEMPT_RUNNING)
        return;
    call_hold(call);
    offer_silence(call, attempt);
    attempt_give_up(attempt, cause, SLICE_EMPTY, now);
    if (attempt->first != UINT32_MAX)
        call_leave_target(call);
    bool leads_on = has_places(call) || (timer_moves_on(attempt) && failure_moves_on(attempt));
    leads_on ? next(call, now) : sequence_over(call, now);
    call_release(call);
}

void sequence_failed(struct attempt *attempt, enum cause cause, uint64_t now) {
    struct call *call = attempt->call;
    const struct way *way = attempt->target->way;
    if (attempt->state != ATTEMPT_RUNNING)
        return;
    call_hold(call);
    attempt_end(attempt, way && way->flow.loss == FLOW_BOUND ? CAUSE_FLOW_FAILED : cause, 0, now);
    offer_failure(call, attempt);
    has_places(call) || failure_moves_on(attempt) ? next(call, now) : sequence_over(call, now);
    call_release(call);
}

void sequence_client_ended(struct attempt *attempt, uint64_t now) {
    struct call *call = attempt->call;
    call_hold(call);
    attempt_client_ended(attempt);
    if (call->over)
        settle(call, false, now);
    call_release(call);
}

/* NULL: out of memory, it goes unsaid. */
static const struct slice *keep_reason(struct arena *arena, struct slice reason) {
    struct slice *kept = arena_alloc(arena, sizeof *kept), text = arena_copy(arena, reason);
    if (!kept || !text.at)
        return NULL;
    *kept = text;
    return kept;
}

void sequence_cancel(struct call *call, struct slice reason, uint64_t now) {
    struct attempt *current = call->current;
    if (call->final || call->cancelled || !call->invite)
        return;
    call_hold(call);
    call->cancelled = true;
    if (reason.len && call_arena(call))
        call->reason = keep_reason(call->more, reason);
    for (struct attempt *attempt = call->attempts; attempt; attempt = attempt->next)
        attempt->awaited = false; /* of those given up before nobody waits any more */
    if (current) {
        attempt_give_up(current, CAUSE_CANCELLED, cancel_reason(call), now);
        current->awaited = current->client != NULL;
    }
    sequence_over(call, now);
    call_release(call);
}
