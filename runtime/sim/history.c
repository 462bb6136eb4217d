/* SPDX-License-Identifier: MIT */
#include "runtime/sim/history.h"

#include <inttypes.h>

static struct slice label_of(const struct history *history, const struct letter *message) {
    struct slice call_id = letter_value(message, "Call-ID");
    for (const struct exchange *e = history->last; e && call_id.at; e = e->previous)
        if (!e->left && slice_equal(letter_value(&e->message, "Call-ID"), call_id))
            return e->call;
    return SLICE_EMPTY;
}

struct exchange *history_add(struct history *history, uint64_t at, const struct story_party *party, bool left,
                             struct slice call, struct slice bytes) {
    struct exchange *exchange = arena_alloc(history->arena, sizeof *exchange);
    if (!exchange)
        return NULL;
    *exchange = (struct exchange){.at = at, .party = party, .left = left, .previous = history->last};
    letter_read(&exchange->message, history->arena, bytes);
    exchange->call = call.at ? call : label_of(history, &exchange->message);
    for (const struct exchange *e = history->first; e && !exchange->again; e = e->next)
        if (e->party == party && e->left == left && !e->icmp && slice_equal(e->message.bytes, bytes))
            exchange->again = e;
    *(history->last ? &history->last->next : &history->first) = exchange;
    history->last = exchange;
    return exchange;
}

const struct exchange *history_request(const struct exchange *response) {
    struct slice branch = letter_branch(&response->message), cseq = letter_value(&response->message, "CSeq");
    struct slice call_id = letter_value(&response->message, "Call-ID");
    for (const struct exchange *e = response->previous; e; e = e->previous)
        if (e->message.request && e->left != response->left && slice_equal(letter_branch(&e->message), branch) &&
            slice_equal(letter_value(&e->message, "CSeq"), cseq) &&
            slice_equal(letter_value(&e->message, "Call-ID"), call_id))
            return e->again ? e->again : e;
    return NULL;
}

const struct exchange *history_last_request(const struct history *history, const struct exchange *before,
                                            const struct story_party *party, struct slice call, bool left,
                                            struct slice method) {
    for (const struct exchange *e = before ? before->previous : history->last; e; e = e->previous)
        if (e->message.request && e->party == party && e->left == left && slice_equal(e->call, call) &&
            (!method.at || slice_equal(e->message.method, method)))
            return e;
    return NULL;
}

void exchange_print(struct page *text, const struct exchange *exchange) {
    const struct letter *message = &exchange->message;
    struct slice method;
    if (exchange->icmp) {
        page_add(text, SLICE("ICMP: the last datagram was not delivered"));
    } else if (message->request) {
        page_printf(text, "%.*s %.*s", SLICE_ARG(message->method), SLICE_ARG(message->uri));
    } else {
        letter_cseq(message, &method);
        page_printf(text, "%u %.*s", message->code, SLICE_ARG(message->reason));
        if (!slice_equal(method, SLICE("INVITE")))
            page_printf(text, " (%.*s)", SLICE_ARG(method));
    }
    if (exchange->again)
        page_add(text, SLICE(" again"));
}

void history_print_time(struct page *text, uint64_t at) {
    page_printf(text, "%" PRIu64 ".%03" PRIu64, at / 1000, at % 1000);
}

void history_print(struct page *text, const struct history *history) {
    size_t width = 0;
    for (const struct exchange *e = history->first; e; e = e->next) {
        size_t length = e->party->name.len + (e->call.len ? e->call.len + 1 : 0);
        width = length > width ? length : width;
    }
    for (const struct exchange *e = history->first; e; e = e->next) {
        size_t length = e->party->name.len + (e->call.len ? e->call.len + 1 : 0);
        page_printf(text, "    %6" PRIu64 ".%03" PRIu64 "  %.*s%s%.*s", e->at / 1000, e->at % 1000,
                    SLICE_ARG(e->party->name), e->call.len ? "/" : "", SLICE_ARG(e->call));
        page_printf(text, "%*s %s ", (int)(width - length), "", e->left ? "<---" : "--->");
        exchange_print(text, e);
        page_add(text, e->left && !e->named ? SLICE("   (not named by the story)\n") : SLICE("\n"));
    }
}
