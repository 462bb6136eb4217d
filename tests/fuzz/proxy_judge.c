/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/proxy_judge.h"

#include "runtime/sim/conduct.h"
#include "runtime/sip/stun.h"
#include "grammar/json.h"

#include <stdio.h>
#include <string.h>

enum {
    CONDUCT_MAX = 150,
    /* messages: the conduct's looks are quadratic */ FINAL_LIFE = 4999 /* ms: T4 behind an ACK */
};

/* addresses */

static bool is_address_byte(char c, unsigned family) {
    unsigned char byte = (unsigned char)c;
    return byte_is_digit(byte) || c == '.' || (family == 6 && (byte_is_hex(byte) || c == ':'));
}

/* Does the text name that address, in any form? */
static bool names(struct slice text, const struct ip_address *ip) {
    for (size_t at = 0, end; at < text.len; at = end + 1) {
        struct ip_address other;
        for (end = at; end < text.len && is_address_byte(text.at[end], ip->family);)
            end++;
        if (end - at > 2 && ip_parse(&other, slice_cut(text, at, end)) && ip_equal(&other, ip))
            return true;
    }
    return false;
}

/* What a REGISTER named, or where it came from. */
static bool was_registered(const struct net *net, const struct datagram *sent) {
    for (const struct datagram *one = net->datagrams; one < sent; one++)
        if (!one->left && one->readable && one->request && one->method == METHOD_REGISTER &&
            (ip_equal(&one->peer.ip, &sent->peer.ip) || names(one->bytes, &sent->peer.ip)))
            return true;
    return false;
}

static bool is_crlf(const struct datagram *datagram) {
    return slice_equal(datagram->bytes, SLICE("\r\n\r\n"));
}

/* A request within a dialog, or one of an open plan, may go wherever somebody said, or back to where he said it from;
 * others where the plan or a redirection says. */
static void judge_request_place(const struct net *net, const struct datagram *sent) {
    const struct ip_address *ip = &sent->peer.ip;
    bool free_choice = sent->to_tag.at || net->plan->open || net->settings.relay_all || sent->method == METHOD_ACK ||
                       sent->method == METHOD_CANCEL;
    net_promise(net, !ip_is_multicast(ip) && !ip_is_broadcast(ip) && !ip_is_unspecified(ip), "no request to a crowd");
    net_promise(net, !net_is_own(net, &sent->peer), "no request to ourselves");
    bool named = names(slice_of(net->plan->text), ip);
    net_promise(net, named || free_choice || !ip_is_loopback(ip), "no redirection into this machine");
    for (const struct datagram *one = net->datagrams; !named && one < sent; one++)
        if (!one->left && (free_choice || (!one->request && one->status / 100 == 3)))
            named = names(one->bytes, ip) || (free_choice && one->request && ip_equal(&one->peer.ip, ip));
    net_promise(net, named || names_lead_to(ip) || was_registered(net, sent),
                "a request goes to an address that somebody named");
}

static void judge_response_place(const struct net *net, const struct datagram *sent) {
    for (const struct datagram *one = net->datagrams; one < sent; one++)
        if (!one->left && one->readable && one->request && ip_equal(&one->peer.ip, &sent->peer.ip) &&
            (one->peer.port == sent->peer.port ||
             sent->peer.port == (one->via_port ? one->via_port : transports[sent->peer.transport].port)))
            return;
    net_promise(net, sent->peer.transport != TRANSPORT_UDP && names_lead_to(&sent->peer.ip),
                "a response goes to somebody who asked");
}

/* transactions */

static bool is_for(const struct datagram *response, const struct datagram *sent) {
    return !response->left && response->readable && !response->request && slice_same(response->branch, sent->branch) &&
           slice_same(response->host, sent->host) && response->via_port == sent->via_port; /* 18.1.2 */
}

static bool was_answered(const struct net *net, const struct datagram *sent, unsigned low, unsigned high) {
    for (const struct datagram *one = net->datagrams; one < sent; one++)
        if (is_for(one, sent) && one->status >= low && one->status <= high && one->method == METHOD_INVITE)
            return true;
    return false;
}

static const struct datagram *sent_before(const struct net *net, const struct datagram *sent, enum method method) {
    for (const struct datagram *one = net->datagrams; one < sent; one++)
        if (one->left && one->readable && one->request && one->method == method &&
            slice_equal(one->branch, sent->branch))
            return one;
    return NULL;
}

static bool came_before(const struct net *net, const struct datagram *sent) {
    for (const struct datagram *one = net->datagrams; one < sent; one++)
        if (!one->left && one->readable && one->request && one->method == sent->method &&
            slice_equal(one->call_id, sent->call_id) && slice_equal(one->cseq, sent->cseq))
            return true;
    return false;
}

/* What goes on and starts something came with a digest, when users are asked who they are. */
static bool was_authenticated(const struct net *net, const struct datagram *sent) {
    static struct sip_message message;
    for (const struct datagram *one = net->datagrams; one < sent; one++) {
        if (one->left || !one->readable || !one->request || one->method != sent->method ||
            !slice_equal(one->call_id, sent->call_id) || !slice_equal(one->cseq, sent->cseq))
            continue;
        scan_message(&message, one->bytes.at, one->bytes.len);
        if (message.first[HEADER_AUTHORIZATION] || message.first[HEADER_PROXY_AUTHORIZATION])
            return true;
    }
    return false;
}

static bool is_same_request(const struct datagram *a, const struct datagram *b) {
    return a->readable && a->request && a->method == b->method && slice_equal(a->call_id, b->call_id) &&
           slice_equal(a->cseq, b->cseq);
}

/* Does all that left like this one belong to one request that came? */
static bool is_one_request(const struct net *net, const struct datagram *sent) {
    const struct datagram *came = NULL;
    for (const struct datagram *one = net->datagrams; one < sent; one++) {
        if (one->left || !is_same_request(one, sent))
            continue;
        if (came && !slice_same(came->branch, one->branch))
            return false;
        came = one;
    }
    return true;
}

static bool was_redirected(const struct net *net, const struct datagram *sent) {
    for (const struct datagram *one = net->datagrams; one < sent; one++)
        if (!one->left && one->readable && !one->request && one->status / 100 == 3 &&
            slice_equal(one->call_id, sent->call_id))
            return true;
    return false;
}

/* Who has nobody else to try begins with one that is held down. */
static void judge_start(const struct net *net, const struct datagram *sent) {
    const struct datagram *first = net->datagrams;
    bool streams =
        net->settings.listener_count == NET_LISTENERS; /* the log does not tell transports apart everywhere */
    if (streams || !is_one_request(net, sent))
        return;
    while (first < sent && !(first->left && is_same_request(first, sent)))
        first++;
    net_promise(net, !sent->held || (first == sent ? sent->passed : first->held),
                "nothing starts towards a destination that is held down");
    net_promise(net, sent->known || !first->held || net->freed >= first->at || was_redirected(net, sent),
                "one that is held down comes after all others");
}

static void judge_request(const struct net *net, const struct datagram *sent) {
    const struct datagram *first = sent_before(net, sent, sent->method);
    const struct datagram *invite = sent_before(net, sent, METHOD_INVITE);
    judge_request_place(net, sent);
    net_promise(net, sent->branch.len > 12, "a branch of our own");
    if (first) {
        bool back = first->peer.transport == TRANSPORT_TCP && sent->peer.transport == TRANSPORT_UDP; /* 18.1.1 */
        net_promise(net, ip_equal(&first->peer.ip, &sent->peer.ip) && first->peer.port == sent->peer.port,
                    "a branch is used towards one peer");
        net_promise(net, back || first->peer.transport == sent->peer.transport, "only from TCP back to UDP");
        net_promise(net, back || sent->method == METHOD_ACK || slice_equal(first->bytes, sent->bytes),
                    "the same bytes again");
    }
    if (sent->method == METHOD_INVITE)
        net_promise(net, !first || !was_answered(net, sent, 100, 699), "no INVITE behind an answer");
    else if (sent->method == METHOD_CANCEL)
        net_promise(net, invite && was_answered(net, sent, 100, 199), "a CANCEL behind a 1xx");
    else if (sent->method == METHOD_ACK && invite)
        net_promise(net, was_answered(net, sent, 300, 699), "an ACK behind a final");
    bool own = net->settings.keepalive_options && sent->method == METHOD_OPTIONS && was_registered(net, sent);
    if (!first && !invite)
        net_promise(net, own || came_before(net, sent), "a request that came, or a keep-alive");
    if (!first && !own && !sent->to_tag.at && !net->starved && !net->hostile && sent->method != METHOD_ACK &&
        sent->method != METHOD_CANCEL)
        judge_start(net, sent);
    if (net->plan->users && !own && !sent->to_tag.at && sent->method != METHOD_ACK && sent->method != METHOD_CANCEL)
        net_promise(net, was_authenticated(net, sent), "nothing starts without credentials");
}

/* What the fence answers has no transaction, and neither has a 503 for want of memory. Without the magic cookie the To
 * tag tells transactions apart (RFC 3261 17.2.3). */
static bool is_stateless(const struct net *net, const struct datagram *response) {
    return net->starved || !slice_starts(response->branch, SLICE("z9hG4bK")) || response->branch.len == 7 ||
           (net->hostile && (response->status == 400 || response->status == 505));
}

static bool is_same_transaction(const struct datagram *a, const struct datagram *b) {
    return a->left && a->readable && !a->request && a->status >= 200 && a->method == b->method &&
           endpoint_equal(&a->peer, &b->peer) && slice_same(a->branch, b->branch) && slice_same(a->host, b->host) &&
           slice_equal(a->call_id, b->call_id) && slice_equal(a->cseq, b->cseq);
}

static void judge_response(const struct net *net, const struct datagram *sent) {
    bool good = sent->method == METHOD_INVITE && sent->status / 100 == 2;
    const struct datagram *other = NULL; /* the final that was there before; older ones may have been forgotten */
    judge_response_place(net, sent);
    /* Over a stream nothing is repeated, and a transaction ends with its final (17.2.1, 17.2.2). */
    if (sent->status < 200 || is_stateless(net, sent) || sent->peer.transport != TRANSPORT_UDP)
        return;
    for (const struct datagram *one = net->datagrams; one < sent; one++) {
        if (!is_same_transaction(one, sent) || is_stateless(net, one))
            continue;
        good |= slice_equal(one->bytes, sent->bytes);
        if (!other || !slice_equal(other->bytes, one->bytes))
            other = one;
    }
    net_promise(net, good || !other || sent->at - other->at > FINAL_LIFE, "one final response");
}

/* hold-down, as the log tells it */

/* Behind `key=` in a line of ours. */
static struct slice bare_value(struct slice line, struct slice key) {
    for (size_t at = 0; at + key.len < line.len; at++)
        if (slice_starts(slice_from(line, at), key))
            return slice_cut(line, at + key.len, slice_find(line, at + key.len, ' '));
    return SLICE_NULL;
}

static struct net_held *find_held(struct net *net, struct slice at) {
    for (unsigned i = 0; i < net->held_count; i++)
        if (slice_equal(slice_of(net->held[i].at), at))
            return &net->held[i];
    return NULL;
}

static void keep_text(char *out, size_t size, struct slice text) {
    snprintf(out, size, "%.*s", SLICE_ARG(text));
}

void judge_held(struct net *net, struct datagram *sent) {
    char at[ENDPOINT_TEXT];
    struct net_held *held = find_held(net, slice_of(endpoint_text(&sent->peer, at)));
    bool starts = sent->readable && sent->request && sent->method != METHOD_ACK && sent->method != METHOD_CANCEL;
    if (!held || !starts || sent_before(net, sent, sent->method) || !came_before(net, sent))
        return;
    sent->known = true;
    sent->held = net->now < held->until || held->trial[0];
    sent->passed = slice_equal(slice_of(held->passed), slice_cut(sent->call_id, 0, sizeof held->passed - 1));
    if (!sent->held)
        keep_text(held->trial, sizeof held->trial, sent->call_id);
}

static void note_held(struct net *net, struct slice at, struct slice ms) {
    struct net_held *held = find_held(net, at);
    uint64_t time = 0;
    if (!held && net->held_count == NET_HELD)
        return;
    if (!held)
        held = &net->held[net->held_count++];
    slice_number(ms, UINT32_MAX, &time);
    *held = (struct net_held){.until = net->now + time};
    keep_text(held->at, sizeof held->at, at);
}

static void note_free(struct net *net, struct slice at) {
    struct net_held *held = find_held(net, at);
    if (held)
        *held = net->held[--net->held_count];
    net->freed = net->now;
}

/* A trial ends with its attempt, whatever that says. A Call-ID in quotes is not unpacked here. */
static void note_end(struct net *net, struct slice line) {
    struct net_held *held = find_held(net, bare_value(line, SLICE(" destination=")));
    struct slice call_id = slice_cut(bare_value(line, SLICE(" call-id=")), 0, sizeof held->trial - 1);
    if (!held)
        return;
    if (slice_equal(bare_value(line, SLICE(" cause=")), SLICE("held-down")))
        keep_text(held->passed, sizeof held->passed, call_id);
    else if (slice_equal(slice_of(held->trial), call_id) || slice_starts(call_id, SLICE("\"")))
        held->trial[0] = '\0';
}

/* the conduct of a story */

void judge_begin(struct net *net) {
    struct story *story = arena_alloc(&net->arena, sizeof *story);
    net->play = arena_alloc(&net->arena, sizeof *net->play);
    if (!story || !net->play)
        return;
    static struct story_entry user;
    *story = (struct story){.file = "fuzz",
                            .settings = net->settings,
                            .plan = slice_of(net->plan->text),
                            .entries = net->plan->users ? &user : NULL};
    memcpy(story->listeners, net->listeners, sizeof net->listeners);
    *net->play = (struct play){.arena = &net->arena, .story = story};
    net->play->history.arena = &net->arena;
    page_init(&net->play->failure, &net->arena);
}

void judge_end(struct net *net) {
    net->play = NULL;
}

static const struct story_party *party_at(struct net *net, const struct endpoint *peer) {
    char name[ENDPOINT_TEXT];
    for (const struct exchange *one = net->play->history.first; one; one = one->next)
        if (endpoint_equal(&one->party->at, peer))
            return one->party;
    struct story_party *party = arena_alloc(&net->arena, sizeof *party);
    if (party)
        *party =
            (struct story_party){.name = arena_copy(&net->arena, slice_of(endpoint_text(peer, name))), .at = *peer};
    return party;
}

static void judge_conduct(struct net *net, const struct datagram *datagram) {
    if (net->hostile || net->starved || net->count > CONDUCT_MAX)
        net->play = NULL;
    if (!net->play)
        return;
    struct sim_sent *sent = arena_alloc(&net->arena, sizeof *sent);
    const struct story_party *party = party_at(net, &datagram->peer);
    struct slice bytes = arena_copy(&net->arena, datagram->bytes);
    struct exchange *exchange = sent && party && bytes.at ? history_add(&net->play->history, datagram->at, party,
                                                                        datagram->left, SLICE_EMPTY, bytes)
                                                          : NULL;
    if (!exchange) {
        net->play = NULL;
        return;
    }
    sent->local = datagram->local;
    exchange->sent = sent;
    if (datagram->left)
        conduct_check(net->play, exchange);
    if (net->play->failed)
        fprintf(stderr, "%.*s", SLICE_ARG(page_slice(&net->play->failure)));
    net_promise(net, !net->play->failed, "the conduct that a story demands");
}

static bool is_stun(const struct datagram *datagram) {
    return datagram->bytes.len >= STUN_HEADER && (unsigned char)datagram->bytes.at[0] <= 1;
}

static void judge_stun(const struct net *net, const struct datagram *sent) {
    bool asked = false;
    for (const struct datagram *one = net->datagrams; one < sent && !asked; one++)
        asked = !one->left && is_stun(one) && endpoint_equal(&one->peer, &sent->peer) &&
                endpoint_equal(&one->local, &sent->local) && sent->bytes.len <= one->bytes.len + STUN_MORE_MAX;
    net_promise(net, asked, "a STUN answer goes to who asked, from where it was asked, and is as short");
}

static void judge_readable(const struct net *net, const struct datagram *sent) {
    static struct sip_message message;
    struct scan_result result = scan_message(&message, sent->bytes.at, sent->bytes.len);
    /* We add lines of our own: a request that came at the fence's bounds leaves beyond them. What the fence refused is
     * answered with the From and To that it has. */
    bool beyond = strcmp(result.reason, "Too Many Headers") == 0 || strcmp(result.reason, "Too Many Via Values") == 0 ||
                  strcmp(result.reason, "Message Too Large") == 0;
    bool refusal = !message.request && (message.status == 400 || message.status == 505 || message.status == 513);
    bool vias =
        !message.request && strcmp(result.reason, "Malformed Via") == 0; /* below our own: as the target has them */
    net_promise(net, result.verdict == SCAN_OK || (net->hostile && (beyond || refusal || vias)),
                "what leaves can be read");
    net_promise(net, !message.bare, "every line that leaves ends in CRLF");
    net_promise(
        net, sent->peer.transport == TRANSPORT_UDP || result.verdict != SCAN_OK || message.first[HEADER_CONTENT_LENGTH],
        "on a stream everything says how long it is");
}

void judge_datagram(struct net *net, const struct datagram *datagram) {
    if (datagram->left && is_stun(datagram))
        judge_stun(net, datagram);
    else if (datagram->left && is_crlf(datagram))
        net_promise(net, was_registered(net, datagram), "a keep-alive goes to who has registered");
    else if (datagram->left)
        judge_readable(net, datagram);
    if (datagram->left) {
        net_promise(net, net_is_own(net, &datagram->local), "what leaves leaves from a listener");
        if (datagram->readable && datagram->request)
            judge_request(net, datagram);
        else if (datagram->readable)
            judge_response(net, datagram);
    }
    judge_conduct(net, datagram);
}

/* the log and the records */

static const char *const log_keys[] = {
    "event",  "name",     "consequence", "transport", "call-id", "rule",        "rule-line", "line",
    "method", "uri",      "source",      "code",      "reason",  "destination", "cause",     "ms",
    "result", "attempts", "log",         "why",       "capture", "contacts",    "followed",  "until",
    "user",   "nc",       "as",          "contact",   "expires", "nat",         "local"};
static const char *const record_keys[] = {
    "time",   "call_id",  "from",  "to",          "request_uri", "source", "user", "rule",     "rule_line",
    "log",    "attempts", "uri",   "destination", "transport",   "cause",  "code", "start_ms", "first_response_ms",
    "end_ms", "result",   "final", "duration_ms"};

static bool is_key(struct slice word, const char *const *keys, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (slice_equal(word, slice_of(keys[i])))
            return true;
    return false;
}

static bool is_plain(struct slice line) {
    for (size_t i = 0; i < line.len; i++)
        if ((unsigned char)line.at[i] < ' ' || line.at[i] == 127)
            return false;
    return true;
}

/* Behind the quoted string at `at`. */
static size_t string_end(struct slice line, size_t at) {
    for (at++; at < line.len && line.at[at] != '"'; at++)
        at += line.at[at] == '\\';
    return at + 1;
}

/* A promise about a line of text, which is shown when it is broken. */
static void promise_line(const struct net *net, struct slice line, bool kept, const char *what) {
    if (!kept)
        fprintf(stderr, "%.*s\n", SLICE_ARG(line));
    net_promise(net, kept, what);
}

static void judge_block(const struct net *net, struct slice line) {
    struct ip_address ip;
    bool read = ip_parse(&ip, bare_value(line, SLICE(" source=")));
    promise_line(net, line, read, "a block names an address");
    promise_line(net, line, !names(slice_of(net->plan->text), &ip), "no destination of the plan is blocked");
    for (unsigned i = 0; i < NET_LISTENERS; i++)
        promise_line(net, line, !ip_equal(&ip, &net->addresses[i]), "nobody blocks the server itself");
}

void judge_log(struct net *net, struct slice line) {
    unsigned keys = 0;
    promise_line(net, line, is_plain(line), "a log line is one line");
    for (size_t at = 0; at < line.len; keys++) {
        size_t equals = slice_find(line, at, '=');
        promise_line(net, line, is_key(slice_cut(line, at, equals), log_keys, sizeof log_keys / sizeof *log_keys),
                     "a log line's keys are ours");
        at = equals + 1;
        at = at < line.len && line.at[at] == '"' ? string_end(line, at) : slice_find(line, at, ' ');
        promise_line(net, line, at == line.len || (at < line.len && line.at[at] == ' '), "a log line's values end");
        at++;
    }
    promise_line(net, line, slice_starts(line, SLICE("event=")), "a log line names its event");
    if (slice_starts(line, SLICE("event=block ")))
        judge_block(net, line);
    if (slice_starts(line, SLICE("event=held-down ")))
        note_held(net, bare_value(line, SLICE(" destination=")), bare_value(line, SLICE(" ms=")));
    if (slice_starts(line, SLICE("event=held-no-more ")))
        note_free(net, bare_value(line, SLICE(" destination=")));
    if (slice_starts(line, SLICE("event=attempt-end ")))
        note_end(net, line);
}

void judge_record(struct net *net, struct slice line) {
    struct slice value;
    promise_line(net, line, is_plain(line), "a record is one line");
    for (size_t at = 0; at < line.len; at++) {
        if (line.at[at] != '"')
            continue;
        size_t end = string_end(line, at);
        promise_line(net, line, end <= line.len, "a record's strings end");
        if (end < line.len && line.at[end] == ':')
            promise_line(
                net, line,
                is_key(slice_cut(line, at + 1, end - 1), record_keys, sizeof record_keys / sizeof *record_keys),
                "a record's keys are ours");
        at = end - 1;
    }
    promise_line(net, line,
                 json_find(line, SLICE("call_id"), &net->arena, &value) &&
                     json_find(line, SLICE("duration_ms"), &net->arena, &value),
                 "a record is JSON");
}
