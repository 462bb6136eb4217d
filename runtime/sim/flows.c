/* SPDX-License-Identifier: MIT */
#include "runtime/sim/flows.h"

/* "sip:user@host": the user; null: none. */
static struct slice user_of(struct slice uri) {
    size_t colon = slice_find(uri, 0, ':'), at = slice_find(uri, 0, '@');
    return at < uri.len ? slice_cut(uri, colon + 1, at) : SLICE_NULL;
}

/* 198.51.100.9:40000, 198.51.100.7:50001/TCP bound; "?": it is no token of fov's. */
static void add(struct play *play, struct page *page, struct slice token, struct slice call_id) {
    static const char *const losses[] = {[FLOW_REOPENED] = "", [FLOW_LEFT] = " left", [FLOW_BOUND] = " bound"};
    struct flow_place flow;
    char text[ENDPOINT_TEXT];
    page_add(page, page->len ? SLICE(", ") : SLICE_EMPTY);
    if (!token.at) {
        page_add(page, SLICE("-"));
    } else if (!flow_read(&flow, &play->world.flows, call_id, token)) {
        page_add(page, SLICE("?"));
    } else {
        page_add(page, slice_of(endpoint_text(&flow.remote, text)));
        if (flow.remote.transport != TRANSPORT_UDP)
            page_printf(page, "/%s%s", transports[flow.remote.transport].name, losses[flow.loss]);
    }
}

bool flows_is_path(const struct play *play, struct slice value) {
    struct slice uri = letter_uri(value);
    struct flow_place flow;
    return user_of(uri).at && flow_read(&flow, &play->world.flows, SLICE_EMPTY, user_of(uri));
}

static void add_contact(struct play *play, struct page *page, struct slice uri, struct slice call_id) {
    for (size_t at = slice_find(uri, 0, ';'); at < uri.len; at = slice_find(uri, at + 1, ';')) {
        struct slice rest = slice_from(uri, at);
        if (!slice_starts(rest, SLICE(FLOWS_PARAM)))
            continue;
        struct slice token = slice_from(rest, sizeof FLOWS_PARAM - 1);
        size_t end = slice_find(token, 0, ';'), mark = slice_find(token, 0, '?');
        add(play, page, slice_cut(token, 0, end < mark ? end : mark), call_id);
    }
}

struct slice flows_text(struct play *play, const struct letter *message) {
    struct slice call_id = letter_value(message, "Call-ID"), value;
    struct page page;
    page_init(&page, play->arena);
    for (unsigned n = 0; (value = letter_item(message, "Record-Route", n)).at; n++)
        if (letter_param(letter_uri(value), "fov").at)
            add(play, &page, user_of(letter_uri(value)), call_id);
    for (unsigned n = 0; (value = letter_item(message, "Path", n)).at; n++)
        if (flows_is_path(play, value))
            add(play, &page, user_of(letter_uri(value)), SLICE_EMPTY);
    for (unsigned n = 0; (value = letter_item(message, "Contact", n)).at; n++)
        add_contact(play, &page, letter_uri(value), call_id);
    return page.len ? page_slice(&page) : SLICE_NULL;
}
