/* SPDX-License-Identifier: MIT */
#include "runtime/sim/play.h"

#include <stdarg.h>
#include <stdio.h>

#include "runtime/plan/verify.h"
#include "runtime/sim/blocked.h"
#include "runtime/sim/checks.h"
#include "runtime/sim/conduct.h"
#include "runtime/sim/contacts.h"
#include "runtime/sim/draft.h"
#include "runtime/sim/flows.h"
#include "runtime/sim/people.h"

/* Failing. */

static struct slice line_text(const struct play *play, unsigned line) {
    for (const struct story_step *step = play->story->steps; step; step = step->next)
        if (step->line == line)
            return step->text;
    return play->step ? play->step->text : SLICE_EMPTY;
}

void play_fail(struct play *play, unsigned line, const char *format, ...) {
    va_list arguments, again;
    struct slice text = line_text(play, line);
    if (play->failed)
        return;
    play->failed = true;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    char *message = arena_bytes(play->arena, (size_t)size + 1);
    if (message)
        vsnprintf(message, (size_t)size + 1, format, again);
    va_end(again);
    va_end(arguments);
    page_printf(&play->failure, "%s:%u: story \"%.*s\" fails", play->story->file, line, SLICE_ARG(play->story->title));
    if (text.len)
        page_printf(&play->failure, "\n    line      %.*s", SLICE_ARG(text));
    page_printf(&play->failure, "\n    %s\n", message ? message : "out of memory");
}

/* Variables. */

static struct slice variable_value(struct play *play, struct slice name) {
    char at[ENDPOINT_TEXT];
    const struct story_party *party = story_party_named(play->story, name);
    for (const struct variable_text *v = play->variables; v; v = v->next)
        if (slice_equal(v->name, name))
            return v->value;
    if (party)
        return arena_copy(play->arena, slice_of(endpoint_text(&party->at, at)));
    if (slice_equal(name, SLICE("long")))
        return slice_of(arena_printf(play->arena, "%01300d", 0));
    if (slice_equal(name, SLICE("fov")))
        return arena_copy(play->arena, slice_of(endpoint_text(&play->story->listeners[0], at)));
    return SLICE_NULL;
}

struct slice play_expand(struct play *play, unsigned line, struct slice text) {
    struct page out;
    size_t at = 0;
    page_init(&out, play->arena);
    while (at < text.len) {
        size_t open = slice_find(text, at, '{'), close = slice_find(text, open, '}');
        if (close == text.len)
            break;
        struct slice name = slice_cut(text, open + 1, close), value;
        if (name.len == 0 || !byte_is_alpha((unsigned char)name.at[0])) { /* a count of a pattern */
            page_add(&out, slice_cut(text, at, close + 1));
        } else {
            value = variable_value(play, name);
            if (!value.at)
                play_fail(play, line, "nothing is called {%.*s} so far", SLICE_ARG(name));
            page_add(&out, slice_cut(text, at, open));
            page_add(&out, value);
        }
        at = close + 1;
    }
    if (at == 0)
        return text;
    page_add(&out, slice_from(text, at));
    return page_slice(&out);
}

/* What leaves. */

static const struct story_party *party_at(const struct play *play, const struct endpoint *at) {
    for (const struct story_party *party = play->story->parties; party; party = party->next)
        if (endpoint_equal(&party->at, at) && story_party_named(play->story, party->name) == party)
            return party;
    return NULL;
}

static unsigned here(const struct play *play) {
    return play->step ? play->step->line : play->story->line;
}

/* Takes what the proxy sent since last time into the history, and looks at its conduct. */
static void collect(struct play *play) {
    const struct sim_sent *sent = play->collected ? play->collected->next : play->world.sent;
    for (; sent && !play->failed; sent = sent->next) {
        const struct story_party *party = party_at(play, &sent->remote);
        char remote[ENDPOINT_TEXT];
        play->collected = sent;
        if (!party) {
            play_fail(play, here(play), "at %u.%03u this left to %s, which is no party of the story:\n%.*s",
                      (unsigned)(sent->at / 1000), (unsigned)(sent->at % 1000), endpoint_text(&sent->remote, remote),
                      SLICE_ARG(sent->bytes));
            return;
        }
        struct exchange *exchange = history_add(&play->history, sent->at, party, true, SLICE_NULL, sent->bytes);
        if (!exchange) {
            play_fail(play, here(play), "out of memory");
            return;
        }
        exchange->sent = sent;
        exchange->length = slice_of(arena_printf(play->arena, "%zu", exchange->message.bytes.len));
        exchange->flows = flows_text(play, &exchange->message);
        if (sent->connection)
            exchange->connection = slice_of(arena_printf(play->arena, "%u", (unsigned)sent->connection->number));
        conduct_check(play, exchange);
    }
    if (play->world.out_of_memory)
        play_fail(play, here(play), "out of memory");
}

static void run_until(struct play *play, uint64_t until) {
    while (!play->failed && sim_world_run(&play->world, until))
        collect(play);
    if (play->world.stuck)
        play_fail(play, here(play), "fov's timers do not get on: one stays due however often it is told the time");
}

/* Everything that left was named by the story. */
static void settle(struct play *play) {
    struct page text;
    page_init(&text, play->arena);
    for (const struct exchange *e = play->history.first; e; e = e->next) {
        if (!e->left || e->named)
            continue;
        page_add(&text, text.len ? SLICE("\n              ") : SLICE_EMPTY);
        history_print_time(&text, e->at);
        page_printf(&text, "  %.*s < ", SLICE_ARG(e->party->name));
        exchange_print(&text, e);
    }
    if (text.len)
        play_fail(play, here(play), "before this line, something left that no line names:\n              %.*s",
                  SLICE_ARG(page_slice(&text)));
}

/* Steps. */

/* Time passes until a step that makes something happen. */
static bool reach(struct play *play, const struct story_step *step) {
    uint64_t target = play->world.now;
    settle(play);
    if (step->when == WHEN_AT)
        target = step->times[0];
    else if (step->when == WHEN_AFTER)
        target += step->times[0];
    if (target < play->world.now) {
        struct page text;
        page_init(&text, play->arena);
        history_print_time(&text, play->world.now);
        play_fail(play, step->line, "the story has already come to %.*s", SLICE_ARG(page_slice(&text)));
    }
    run_until(play, target);
    if (step->kind != STEP_WAIT)
        settle(play);
    return !play->failed;
}

static void send_on_stream(struct play *play, const struct endpoint *peer, const struct endpoint *listener,
                           struct slice bytes) {
    struct sim_connection *connection = sim_world_connection(&play->world, peer);
    if (!connection)
        connection = sim_world_connect(&play->world, peer, listener);
    if (connection)
        sim_world_stream(&play->world, connection, bytes);
}

static void play_send(struct play *play, const struct story_step *step) {
    const struct endpoint *listener =
        step->party->listener.ip.family ? &step->party->listener : sim_world_listener(&play->world, &step->party->at);
    struct slice bytes = draft_message(play, step);
    if (play->failed)
        return;
    if (!bytes.at || !history_add(&play->history, play->world.now, step->party, false, step->call, bytes)) {
        play_fail(play, step->line, "out of memory");
        return;
    }
    if (!listener) {
        play_fail(play, step->line, "fov has no listener that %.*s could reach", SLICE_ARG(step->party->name));
        return;
    }
    if (step->party->at.transport == TRANSPORT_UDP)
        sim_world_receive(&play->world, &step->party->at, listener, bytes);
    else
        send_on_stream(play, &step->party->at, listener, bytes);
    collect(play);
}

static void play_close(struct play *play, const struct story_step *step) {
    struct sim_connection *connection = sim_world_connection(&play->world, &step->party->at);
    if (!connection)
        play_fail(play, step->line, "%.*s has no connection with fov", SLICE_ARG(step->party->name));
    for (; connection; connection = sim_world_connection(&play->world, &step->party->at))
        sim_world_close_connection(&play->world, connection);
    collect(play);
}

static void play_meet(struct play *play, const struct story_step *step) {
    const struct sim_peer peer = {.at = step->party->at, .manner = step->manner, .identity = step->identity};
    sim_world_meet(&play->world, &peer);
    collect(play);
}

static void play_icmp(struct play *play, const struct story_step *step) {
    const struct exchange *e = play->history.last;
    while (e && (!e->left || e->party != step->party || (step->call.len && !slice_equal(e->call, step->call))))
        e = e->previous;
    if (!e) {
        play_fail(play, step->line, "nothing was sent to %.*s yet", SLICE_ARG(step->party->name));
        return;
    }
    struct exchange *icmp = history_add(&play->history, play->world.now, step->party, false, e->call, SLICE_EMPTY);
    if (icmp)
        icmp->icmp = true;
    sim_world_unreachable(&play->world, e->sent, step->quoting);
    collect(play);
}

static struct exchange *next_unnamed(struct play *play, const struct story_step *step) {
    struct exchange *e = play->history.first;
    while (e && (!e->left || e->named || e->party != step->party || !slice_equal(e->call, step->call)))
        e = e->next;
    return e;
}

static void fail_time(struct play *play, const struct story_step *step, uint64_t target,
                      const struct exchange *instead) {
    struct page text;
    page_init(&text, play->arena);
    page_add(&text, SLICE("expected  this at "));
    history_print_time(&text, target);
    page_add(&text, SLICE("\n    but       "));
    if (!instead) {
        page_printf(&text, "nothing left for %.*s%s%.*s", SLICE_ARG(step->party->name), step->call.len ? "/" : "",
                    SLICE_ARG(step->call));
    } else {
        page_printf(&text, "what left for %.*s is ", SLICE_ARG(step->party->name));
        exchange_print(&text, instead);
        page_add(&text, SLICE(" at "));
        history_print_time(&text, instead->at);
    }
    play_fail(play, step->line, "%.*s", SLICE_ARG(page_slice(&text)));
}

static void play_expect(struct play *play, const struct story_step *step) {
    uint64_t target = play->world.now;
    for (unsigned i = 0; i < (step->time_count ? step->time_count : 1) && !play->failed; i++) {
        if (step->when == WHEN_AT)
            target = step->times[i];
        else if (step->when == WHEN_AFTER)
            target += step->times[i];
        if (target >= play->world.now)
            run_until(play, target);
        struct exchange *next = next_unnamed(play, step);
        if (play->failed)
            return;
        if (!next || next->at != target) {
            fail_time(play, step, target, next);
            return;
        }
        next->named = true;
        check_message(play, step, next);
    }
}

/* What the store has kept. */
static void load_all(struct play *play) {
    people_load(play->story, &play->world);
    contacts_load(play->story, &play->world);
    blocked_load(play->story, &play->world);
}

static void play_restart(struct play *play) {
    if (sim_world_restart(&play->world, play->image) != 0)
        play_fail(play, here(play), "out of memory");
    else
        load_all(play);
}

static void play_step(struct play *play, const struct story_step *step) {
    play->step = step;
    switch (step->kind) {
    case STEP_SEND:
        if (reach(play, step))
            play_send(play, step);
        break;
    case STEP_ICMP:
        if (reach(play, step))
            play_icmp(play, step);
        break;
    case STEP_MEET:
        if (reach(play, step))
            play_meet(play, step);
        break;
    case STEP_CLOSE:
        if (reach(play, step))
            play_close(play, step);
        break;
    case STEP_WAIT: reach(play, step); break;
    case STEP_DRAIN:
        if (reach(play, step)) {
            proxy_drain(play->world.proxy);
            collect(play);
        }
        break;
    case STEP_RESTART:
        if (reach(play, step))
            play_restart(play);
        break;
    case STEP_JUMP:
        if (reach(play, step))
            play->world.unix_ms += step->negated ? -(int64_t)step->jump : (int64_t)step->jump;
        break;
    case STEP_EXPECT: play_expect(play, step); break;
    case STEP_LOG: check_log(play, step); break;
    case STEP_IDLE:
        if (proxy_idle(play->world.proxy) == step->negated)
            play_fail(play, step->line, "fov is %s", step->negated ? "idle" : "busy");
        break;
    case STEP_RECORD: /* at the end */
    case STEP_STOP: break;
    }
}

/* The whole story. */

static void check_end(struct play *play, bool stopped) {
    const struct sim_line *record = play->world.records;
    settle(play);
    if (!stopped && !play->failed) {
        while (sim_world_due(&play->world) <= WORLD_END && !play->failed) {
            run_until(play, sim_world_due(&play->world));
            settle(play);
        }
        if (!play->failed && sim_world_due(&play->world) != UINT64_MAX)
            play_fail(play, here(play), "fov still has timers running after a day");
        if (!play->failed && !proxy_idle(play->world.proxy))
            play_fail(play, here(play), "every timer has run out, but fov is not idle");
        if (!play->failed && proxy_live(play->world.proxy))
            play_fail(play, here(play), "every timer has run out, but fov still holds %u objects",
                      proxy_live(play->world.proxy));
        record = play->world.records;
    }
    for (const struct story_step *step = play->story->steps; step && !play->failed; step = step->next) {
        if (step->kind != STEP_RECORD)
            continue;
        check_record(play, step, record);
        record = record ? record->next : NULL;
    }
}

static void play_steps(struct play *play) {
    bool stopped = false;
    for (const struct story_step *step = play->story->steps; step && !play->failed && !stopped; step = step->next) {
        play_step(play, step);
        stopped = step->kind == STEP_STOP;
    }
    if (!play->failed)
        check_end(play, stopped);
}

static void meet_all(struct play *play) {
    for (const struct story_party *party = play->story->parties; party; party = party->next)
        if (party->at.transport != TRANSPORT_UDP && !party->browser)
            sim_world_meet(&play->world, &(const struct sim_peer){.at = party->at, .manner = SIM_ACCEPTS});
}

static void play_image(struct play *play, const uint8_t *bytes, size_t length) {
    struct image image;
    struct image_refusal refusal;
    if (verify_image(&image, bytes, length, &refusal) != 0) {
        play_fail(play, play->story->line, "the image of the plan is refused: %s", refusal.reason);
        return;
    }
    if (sim_world_open(&play->world, play->arena, &play->story->settings, play->story->gaps, &image,
                       play->story->unix_ms) != 0) {
        play_fail(play, play->story->line, "out of memory");
        return;
    }
    play->world.sayings = play->story->sayings;
    meet_all(play);
    play->image = &image;
    play->world.store_delay = play->story->store_delay;
    load_all(play);
    play_steps(play);
    sim_world_close(&play->world);
}

static void compile_and_play(struct play *play, const struct story_host *host) {
    const struct story *story = play->story;
    struct page errors;
    uint8_t *bytes = NULL;
    size_t length = 0;
    page_init(&errors, play->arena);
    if (host->compile(host->context, story->plan.at ? story->plan : SLICE_EMPTY, story->plan_file, story->file, &errors,
                      &bytes, &length) != 0) {
        play_fail(play, story->line, "the plan does not compile:\n%.*s", SLICE_ARG(page_slice(&errors)));
        return;
    }
    play->scratch = rx_scratch_new();
    if (play->scratch)
        play_image(play, bytes, length);
    else
        play_fail(play, story->line, "out of memory");
    rx_scratch_free(play->scratch);
    host->release(host->context, bytes);
}

/* A story that must fail passes when it does, for the reason it names. */
static void turn_round(struct play *play) {
    struct slice failure = page_slice(&play->failure), wanted = play->story->fails;
    bool found = false;
    for (size_t i = 0; i + wanted.len <= failure.len && !found; i++)
        found = slice_equal(slice_cut(failure, i, i + wanted.len), wanted);
    if (play->failed && found) {
        play->failed = false;
        play->failure.len = 0;
        return;
    }
    struct slice copy = arena_copy(play->arena, failure);
    bool passed = !play->failed;
    play->failed = false;
    play->failure.len = 0;
    play->step = NULL;
    play_fail(play, play->story->line, "it must fail with \"%.*s\",\n    but it %s\n%.*s", SLICE_ARG(wanted),
              passed ? "passes" : "fails like this:", SLICE_ARG(copy));
}

struct story_result story_play(const struct story *story, struct arena *arena, const struct story_host *host) {
    struct play play = {.arena = arena, .story = story, .history = {.arena = arena}};
    struct page ladder;
    page_init(&play.failure, arena);
    page_init(&ladder, arena);
    if (story->wrong)
        play_fail(&play, story->wrong_line, "%s", story->wrong);
    else
        compile_and_play(&play, host);
    if (story->fails.at)
        turn_round(&play);
    history_print(&ladder, &play.history);
    return (struct story_result){!play.failed, page_slice(&play.failure), page_slice(&ladder)};
}
