/* SPDX-License-Identifier: MIT */
#include "runtime/sim/conduct.h"

#include "runtime/sim/flows.h"
#include "runtime/sip/stun.h"

#include <stdio.h>

static bool same_value(const struct letter *a, const struct letter *b, const char *name) {
    struct slice x = letter_value(a, name), y = letter_value(b, name);
    return (x.at != NULL) == (y.at != NULL) && slice_equal(x, y);
}

static bool same_items(const struct letter *a, const struct letter *b, const char *name) {
    unsigned count = letter_items(a, slice_of(name));
    if (count != letter_items(b, slice_of(name)))
        return false;
    for (unsigned i = 0; i < count; i++)
        if (!slice_equal(letter_item(a, name, i), letter_item(b, name, i)))
            return false;
    return true;
}

static unsigned long cseq_number(const struct letter *message) {
    struct slice method;
    return letter_cseq(message, &method);
}

/* Does the plan speak of this header? Then it may have changed it. */
static bool plan_names(const struct story *story, struct slice name) {
    if (story->plan_file.at)
        return true;
    for (size_t i = 0; i + name.len <= story->plan.len; i++)
        if (slice_same(slice_cut(story->plan, i, i + name.len), name))
            return true;
    return false;
}

/* The Via value without received and rport, which every hop fills in (RFC 3261 18.2.1, RFC 3581). */
static struct slice plain_via(struct arena *arena, struct slice via) {
    struct page text;
    size_t semicolon = slice_find(via, 0, ';');
    page_init(&text, arena);
    page_add(&text, slice_trim(slice_cut(via, 0, semicolon)));
    while (semicolon < via.len) {
        size_t end = slice_find(via, semicolon + 1, ';');
        struct slice one = slice_trim(slice_cut(via, semicolon + 1, end));
        if (!slice_starts_same(one, SLICE("rport")) && !slice_starts_same(one, SLICE("received")))
            page_printf(&text, ";%.*s", SLICE_ARG(one));
        semicolon = end;
    }
    return page_slice(&text);
}

/* The Vias of `message` from `skip` on are those of `before`; the first may have got received and rport. */
static bool same_vias(struct arena *arena, const struct letter *message, unsigned skip, const struct letter *before) {
    unsigned count = letter_items(before, SLICE("Via"));
    if (letter_items(message, SLICE("Via")) != count + skip)
        return false;
    for (unsigned i = 0; i < count; i++) {
        struct slice now = letter_item(message, "Via", i + skip), then = letter_item(before, "Via", i);
        if (i == 0 ? !slice_equal(plain_via(arena, now), plain_via(arena, then)) : !slice_equal(now, then))
            return false;
    }
    return true;
}

/* Requests of our own, hop by hop. */

static const char *check_hop(const struct letter *message, const struct letter *invite) {
    if (letter_items(message, SLICE("Via")) != 1 ||
        !slice_equal(letter_item(message, "Via", 0), letter_item(invite, "Via", 0)))
        return "it must have one Via, the INVITE's top one (RFC 3261 9.1, 17.1.1.3)";
    if (!slice_equal(message->uri, invite->uri))
        return "its Request-URI must be the INVITE's (RFC 3261 9.1, 17.1.1.3)";
    if (!same_value(message, invite, "Call-ID") || !same_value(message, invite, "From"))
        return "its Call-ID and From must be the INVITE's (RFC 3261 9.1, 17.1.1.3)";
    if (cseq_number(message) != cseq_number(invite))
        return "its CSeq number must be the INVITE's (RFC 3261 9.1, 17.1.1.3)";
    if (!same_items(message, invite, "Route"))
        return "its Route must be the INVITE's (RFC 3261 9.1, 17.1.1.3)";
    if (letter_items(message, SLICE("Require")) || letter_items(message, SLICE("Proxy-Require")))
        return "it must have no Require or Proxy-Require (RFC 3261 9.1)";
    return NULL;
}

static bool got_response(const struct exchange *request, unsigned low, unsigned high, struct slice to) {
    for (const struct exchange *e = request->next; e; e = e->next)
        if (!e->left && !e->icmp && !e->message.request && e->message.code >= low && e->message.code <= high &&
            history_request(e) == request && (!to.at || slice_equal(letter_value(&e->message, "To"), to)))
            return true;
    return false;
}

static const char *check_cancel(const struct exchange *exchange, const struct exchange *invite) {
    if (!same_value(&exchange->message, &invite->message, "To"))
        return "the To of a CANCEL must be the INVITE's (RFC 3261 9.1)";
    if (!got_response(invite, 100, 199, SLICE_NULL))
        return "a CANCEL may leave only after a provisional response has come (RFC 3261 9.1)";
    return check_hop(&exchange->message, &invite->message);
}

static const char *check_hop_ack(const struct exchange *exchange, const struct exchange *invite) {
    if (!got_response(invite, 300, 699, letter_value(&exchange->message, "To")))
        return "the To of an ACK must be that of the response it acknowledges (RFC 3261 17.1.1.3)";
    return check_hop(&exchange->message, &invite->message);
}

/* Forwarded requests. */

static const struct exchange *came_as(const struct exchange *exchange) {
    const struct letter *message = &exchange->message;
    for (const struct exchange *e = exchange->previous; e; e = e->previous)
        if (!e->left && !e->icmp && e->message.request && slice_equal(e->message.method, message->method) &&
            same_value(&e->message, message, "Call-ID") && same_value(&e->message, message, "CSeq"))
            return e;
    return NULL;
}

static const char *check_max_forwards(const struct play *play, const struct letter *message,
                                      const struct letter *before) {
    uint64_t now, then;
    struct slice value = letter_value(before, "Max-Forwards");
    if (!slice_number(letter_value(message, "Max-Forwards"), 255, &now))
        return "it has no Max-Forwards (RFC 3261 16.6 step 3)";
    if (!value.at)
        then = 71;
    else if (!slice_number(value, 255, &then))
        return NULL;
    if (plan_names(play->story, SLICE("Max-Forwards")) ? now >= then : now + 1 != then)
        return "Max-Forwards must be one less than it came, 70 when it was not there (RFC 3261 16.6 step 3)";
    return NULL;
}

static bool is_edited(const struct play *play, struct slice name) {
    static const char *const edited[] = {"Via", "Max-Forwards", "Record-Route", "Route", "Max-Breadth", "To", "From"};
    for (size_t i = 0; i < sizeof edited / sizeof *edited; i++)
        if (letter_same_name(name, slice_of(edited[i])))
            return true;
    return plan_names(play->story, name);
}

static bool has_text(struct slice s, struct slice text) {
    for (size_t i = 0; i + text.len <= s.len; i++)
        if (slice_equal(slice_cut(s, i, i + text.len), text))
            return true;
    return false;
}

/* Credentials for the server itself, when it has users: they must not go on (RFC 3261 22.3) unless the plan sets
 * them. */
static bool is_secret(const struct play *play, const struct letter_header *header) {
    char realm[300];
    bool credentials = letter_same_name(header->name, SLICE("Authorization")) ||
                       letter_same_name(header->name, SLICE("Proxy-Authorization"));
    snprintf(realm, sizeof realm, "realm=\"%.*s\"", SLICE_ARG(play->story->settings.realm));
    return credentials && play->story->entries && !plan_names(play->story, header->name) &&
           has_text(header->value, slice_of(realm));
}

/* Does it say how long the body is (18.3)? */
static bool has_length(const struct letter *message) {
    return letter_value(message, "Content-Length").at != NULL;
}

/* What the edge of a domain adds to a REGISTER (RFC 5626 5.1, RFC 3327 5.2). */
static bool is_edge(const struct play *play, const struct letter *message, const struct letter_header *header) {
    if (!slice_equal(message->method, SLICE("REGISTER")))
        return false;
    return letter_same_name(header->name, SLICE("Path")) ? flows_is_path(play, header->value)
                                                         : slice_equal(header->line, SLICE("Require: path"));
}

/* The next header line from *at on that nobody may have changed; NULL: none. */
static const struct letter_header *next_untouched(const struct play *play, const struct letter *message,
                                                  const struct letter *before, unsigned *at) {
    while (*at < message->count) {
        const struct letter_header *header = &message->headers[(*at)++];
        bool added = (letter_same_name(header->name, SLICE("Content-Length")) && !has_length(before)) ||
                     is_edge(play, message, header);
        if (!added && !is_edited(play, header->name) && !is_secret(play, header))
            return header;
    }
    return NULL;
}

/* A line without the token of a peer that has moved (proxy/nat.h), and without the <> that it needs. */
static struct slice unmarked(struct arena *arena, struct slice line) {
    struct page text;
    page_init(&text, arena);
    for (size_t at = 0; at < line.len; at++) {
        if (slice_starts(slice_from(line, at), SLICE(FLOWS_PARAM)))
            while (at + 1 < line.len && line.at[at + 1] != '>' && line.at[at + 1] != ';' && line.at[at + 1] != '?')
                at++;
        else if (line.at[at] != '<' && line.at[at] != '>')
            page_add(&text, slice_cut(line, at, at + 1));
    }
    return page_slice(&text);
}

/* Whatever ended the lines when it came; how they must leave is looked at elsewhere. */
static bool same_text(struct slice a, struct slice b) {
    size_t i = 0, j = 0;
    for (;; i++, j++) {
        while (i < a.len && a.at[i] == '\r')
            i++;
        while (j < b.len && b.at[j] == '\r')
            j++;
        if (i == a.len || j == b.len || a.at[i] != b.at[j])
            return i == a.len && j == b.len;
    }
}

/* Only within a dialog, for its Route does not change. */
static bool same_line(struct arena *arena, const struct letter *message, const struct letter_header *a,
                      const struct letter_header *b) {
    if (same_text(a->line, b->line))
        return true;
    return letter_tag(message, "To").at && letter_same_name(a->name, SLICE("Contact")) &&
           slice_equal(unmarked(arena, a->line), unmarked(arena, b->line));
}

static bool rest_untouched(const struct play *play, const struct letter *message, const struct letter *before) {
    unsigned i = 0, j = 0;
    const struct letter_header *a, *b;
    do {
        a = next_untouched(play, message, before, &i);
        b = next_untouched(play, before, before, &j);
        if ((a == NULL) != (b == NULL) || (a && !same_line(play->arena, message, a, b)))
            return false;
    } while (a);
    return true;
}

static bool is_ours(const struct play *play, struct slice uri) {
    char at[ENDPOINT_TEXT];
    for (unsigned i = 0; i < play->story->settings.listener_count; i++) {
        struct slice own = slice_of(endpoint_text(&play->story->listeners[i], at));
        for (size_t start = 0; start + own.len <= uri.len; start++)
            if (slice_equal(slice_cut(uri, start, start + own.len), own))
                return true;
    }
    return play->story->settings.advertise.len > 0;
}

static const char *check_record_route(const struct play *play, const struct letter *message) {
    struct slice uri = letter_uri(letter_item(message, "Record-Route", 0));
    if (!play->story->settings.record_route || !slice_equal(message->method, SLICE("INVITE")) ||
        letter_tag(message, "To").at)
        return NULL;
    if (!uri.at || !is_ours(play, uri))
        return "an INVITE that makes a dialog must have our Record-Route on top (RFC 3261 16.6 step 4)";
    if (!letter_param(uri, "lr").at)
        return "a Record-Route must have ;lr (RFC 3261 16.6 step 4)";
    return NULL;
}

/* A keep-alive: RFC 3261 8.1.1. */
static const char *check_own(const struct letter *message) {
    static const char *const once[] = {"Via", "From", "To", "Call-ID", "CSeq", "Max-Forwards"};
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        if (letter_items(message, slice_of(once[i])) != 1)
            return "a request must have one each of Via, From, To, Call-ID, CSeq and Max-Forwards (RFC 3261 8.1.1)";
    if (!letter_tag(message, "From").at || letter_tag(message, "To").at)
        return "a request outside a dialog must have a From tag, and no To tag (RFC 3261 8.1.1)";
    if (letter_items(message, SLICE("Route")) || letter_items(message, SLICE("Record-Route")))
        return "a keep-alive goes nowhere else";
    return NULL;
}

static const char *check_forwarded(const struct play *play, const struct exchange *exchange) {
    const struct exchange *came = came_as(exchange);
    const struct letter *message = &exchange->message;
    if (!came && play->story->settings.keepalive_options && slice_equal(message->method, SLICE("OPTIONS")))
        return check_own(message);
    if (!came)
        return "no request came that it could be";
    const struct letter *before = &came->message;
    if (!same_vias(play->arena, message, 1, before))
        return "below its own Via the Vias must be as they came (RFC 3261 16.6 step 8)";
    if (!slice_equal(letter_tag(message, "From"), letter_tag(before, "From")) ||
        !slice_equal(letter_tag(message, "To"), letter_tag(before, "To")))
        return "the tags must be as they came (RFC 3261 16.6, 12.2)";
    if (letter_tag(before, "To").at && (!same_value(message, before, "To") || !same_value(message, before, "From")))
        return "From and To of a request in a dialog must be as they came";
    if (!plan_names(play->story, SLICE("From")) && !same_value(message, before, "From"))
        return "From must be as it came";
    if (!slice_equal(message->body, before->body))
        return "the body must be as it came (RFC 3261 16.6)";
    for (unsigned i = 0; i < message->count; i++)
        if (is_secret(play, &message->headers[i]))
            return "credentials for the server must not go on (RFC 3261 22.3)";
    if (!rest_untouched(play, message, before))
        return "the headers that the plan does not name must be as they came, byte for byte, in order (RFC 3261 16.6)";
    const char *broken = check_max_forwards(play, message, before);
    return broken ? broken : check_record_route(play, message);
}

static bool same_place(const struct story_party *a, const struct story_party *b) {
    return a->at.port == b->at.port && ip_equal(&a->at.ip, &b->at.ip);
}

static const char *check_request(const struct play *play, const struct exchange *exchange) {
    const struct letter *message = &exchange->message;
    struct slice via = letter_item(message, "Via", 0), branch = letter_branch(message);
    size_t blank = slice_find(via, 0, ' ');
    const struct endpoint *local = &exchange->sent->local;
    if (!is_ours(play, slice_from(via, blank)))
        return "the top Via must be our own (RFC 3261 16.6 step 8)";
    if (!slice_equal(slice_cut(via, sizeof "SIP/2.0/" - 1, blank), slice_of(transports[local->transport].name)))
        return "its Via must name the transport that it leaves by (RFC 3261 18.1.1)";
    if (!slice_starts(branch, SLICE("z9hG4bK")) || branch.len < 12)
        return "its branch must begin with z9hG4bK and be unique (RFC 3261 8.1.1.7)";
    for (const struct exchange *e = exchange->previous; e; e = e->previous) {
        if (!e->left || !e->message.request || e->again || !slice_equal(letter_branch(&e->message), branch))
            continue;
        if (e->party != exchange->party && !same_place(e->party, exchange->party))
            return "its branch was used towards somebody else (RFC 3261 8.1.1.7)";
        if (slice_equal(e->message.method, message->method) && e->party != exchange->party)
            return check_forwarded(play, exchange); /* from TCP back to UDP: 18.1.1 */
        if (slice_equal(e->message.method, message->method) && exchange->sent->connection)
            return "nothing is sent again over a stream (RFC 3261 17.1.1.2, 17.1.2.2)";
        if (slice_equal(e->message.method, message->method))
            return slice_equal(e->message.bytes, message->bytes)
                       ? NULL
                       : "what is sent again must have the same bytes (RFC 3261 17.1.1.2)";
        if (!slice_equal(e->message.method, SLICE("INVITE")))
            continue;
        if (slice_equal(message->method, SLICE("CANCEL")))
            return check_cancel(exchange, e);
        if (slice_equal(message->method, SLICE("ACK")))
            return check_hop_ack(exchange, e);
        return "its branch is an INVITE's (RFC 3261 8.1.1.7)";
    }
    if (slice_equal(message->method, SLICE("CANCEL")))
        return "there is no INVITE of its branch (RFC 3261 9.1)";
    return check_forwarded(play, exchange);
}

/* Responses. */

/* Some party sent something that cannot be read: what answers it cannot be looked at. */
static bool anything_unreadable(const struct play *play) {
    for (const struct exchange *e = play->history.first; e; e = e->next)
        if (!e->left && !e->icmp && e->message.wrong)
            return true;
    return false;
}

static const char *check_order(const struct exchange *exchange, const struct exchange *request) {
    unsigned code = exchange->message.code;
    bool invite = slice_equal(request->message.method, SLICE("INVITE"));
    for (const struct exchange *e = exchange->previous; e && e != request; e = e->previous) {
        if (!e->left || e->message.request || e->message.code < 200 || history_request(e) != request || exchange->again)
            continue;
        if (code < 200)
            return "a provisional response may not follow the final one (RFC 3261 17.2.1)";
        if (!invite || code >= 300)
            return "a request may have one final response (RFC 3261 16.7 step 5)";
    }
    return NULL;
}

static const char *check_response_to(const struct letter *message, const struct letter *request) {
    struct slice to = letter_value(message, "To"), asked = letter_value(request, "To");
    bool tag = letter_param(to, "tag").at != NULL;
    if (letter_param(asked, "tag").at)
        return slice_equal(to, asked) ? NULL : "its To must be the request's (RFC 3261 8.2.6.2)";
    if (!slice_starts(to, asked) || (to.len > asked.len && to.at[asked.len] != ';'))
        return "its To must be the request's, byte for byte, but for the tag (RFC 3261 8.2.6.2)";
    if (message->code > 100 && !tag)
        return "its To must have a tag (RFC 3261 8.2.6.2)";
    return NULL;
}

static bool was_forwarded(const struct exchange *request) {
    for (const struct exchange *e = request->next; e; e = e->next)
        if (e->left && e->message.request && slice_equal(e->message.method, request->message.method) &&
            same_value(&e->message, &request->message, "Call-ID") && same_value(&e->message, &request->message, "CSeq"))
            return true;
    return false;
}

/* Of our own to a REGISTER. */
static const char *check_registered(const struct play *play, const struct letter *message,
                                    const struct letter *request) {
    for (unsigned i = 0; i < letter_items(message, SLICE("Contact")); i++)
        if (!plan_names(play->story, SLICE("Contact")) &&
            !letter_param(letter_item(message, "Contact", i), "expires").at)
            return "each Contact must say when it expires (RFC 3261 10.3 step 8)";
    if (!same_items(message, request, "Path"))
        return "its Path must be the request's (RFC 3327 5.3)";
    return NULL;
}

static const char *check_response(const struct play *play, const struct exchange *exchange) {
    const struct letter *message = &exchange->message;
    const struct exchange *request = history_request(exchange);
    if (!request)
        return anything_unreadable(play) ? NULL : "no request came that it could answer (RFC 3261 16.7)";
    if (!same_vias(play->arena, message, 0, &request->message))
        return "its Vias must be those of the request (RFC 3261 16.7 step 3)";
    if (!same_value(message, &request->message, "From"))
        return "its From must be the request's, byte for byte (RFC 3261 8.2.6.2)";
    if (message->code == 408 && !slice_equal(request->message.method, SLICE("INVITE")))
        return "a request that is no INVITE must not get a 408 (RFC 4320 4.2)";
    if (exchange->again && exchange->sent->connection && message->code >= 300)
        return "nothing is sent again over a stream (RFC 3261 17.2.1)";
    const char *broken = check_response_to(message, &request->message);
    if (!broken && message->code == 200 && slice_equal(request->message.method, SLICE("REGISTER")) &&
        !was_forwarded(request))
        broken = check_registered(play, message, &request->message);
    return broken ? broken : check_order(exchange, request);
}

static bool is_stun(struct slice bytes) {
    return bytes.len >= STUN_HEADER && (unsigned char)bytes.at[0] <= 1;
}

/* Do the party's requests come to this listener? */
static bool is_asked_at(const struct play *play, const struct story_party *party, const struct endpoint *local) {
    const struct endpoint *listener = party->listener.ip.family ? &party->listener : NULL;
    for (unsigned i = 0; !listener && i < play->story->settings.listener_count; i++) {
        const struct endpoint *one = &play->story->listeners[i];
        if (one->ip.family == party->at.ip.family && one->transport == party->at.transport)
            listener = one;
    }
    return listener && endpoint_equal(listener, local);
}

static const char *check_stun(const struct play *play, const struct exchange *exchange) {
    const struct story_party *party = exchange->party;
    struct slice answer = exchange->message.bytes;
    for (const struct exchange *e = exchange->previous; e; e = e->previous) {
        struct slice request = e->message.bytes;
        if (e->left || e->icmp || e->party != party || !is_stun(request) ||
            !slice_equal(slice_cut(request, STUN_COOKIE, STUN_HEADER), slice_cut(answer, STUN_COOKIE, STUN_HEADER)))
            continue;
        if (!is_asked_at(play, party, &exchange->sent->local))
            return "a STUN answer must leave from where its request came to (RFC 5626 8)";
        return answer.len > request.len + STUN_MORE_MAX ? "a STUN answer is much longer than its request" : NULL;
    }
    return "no STUN request came that it could answer (RFC 8489 6.3)";
}

static const char *check(const struct play *play, const struct exchange *exchange) {
    const struct endpoint *local = &exchange->sent->local;
    bool listens = false;
    for (unsigned i = 0; i < play->story->settings.listener_count; i++)
        listens |= endpoint_equal(local, &play->story->listeners[i]);
    if (slice_equal(exchange->message.bytes, SLICE("\r\n\r\n")))
        return play->story->settings.keepalive ? NULL : "nobody wants to be kept alive";
    if (is_stun(exchange->message.bytes))
        return check_stun(play, exchange);
    if (exchange->message.wrong)
        return exchange->message.wrong;
    if (!listens)
        return "it did not leave from a listener";
    if (exchange->sent->connection && !has_length(&exchange->message))
        return "on a stream it must say how long its body is (RFC 3261 18.3)";
    return exchange->message.request ? check_request(play, exchange) : check_response(play, exchange);
}

void conduct_check(struct play *play, const struct exchange *exchange) {
    const char *broken = check(play, exchange);
    unsigned line = play->step ? play->step->line : play->story->line;
    if (broken)
        play_fail(play, line, "what leaves for %.*s breaks a rule: %s\n%.*s", SLICE_ARG(exchange->party->name), broken,
                  SLICE_ARG(exchange->message.bytes));
}
