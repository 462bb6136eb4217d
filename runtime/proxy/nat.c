/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/nat.h"

#include "runtime/proxy/line.h"

#include <errno.h>

/* What the Via of who is next to us says of its place; false: nothing. */
static bool read_via(const struct sip_message *request, struct ip_address *ip) {
    return request->via_count == 1 && !request->first[HEADER_RECORD_ROUTE] && ip_parse(ip, request->via.host);
}

bool nat_shows(const struct sip_message *request, const struct endpoint *source) {
    struct ip_address ip;
    return read_via(request, &ip) && ip_equal(&ip, &source->ip);
}

bool nat_hides(const struct sip_message *request, const struct endpoint *source) {
    struct ip_address ip;
    return read_via(request, &ip) && !ip_equal(&ip, &source->ip);
}

bool nat_suspected(const struct sip_message *request, const struct endpoint *source) {
    const struct sip_via *via = &request->via;
    uint16_t port = via->port ? via->port : transports[source->transport].port;
    return nat_hides(request, source) || (nat_shows(request, source) && via->rport && port != source->port);
}

/* The one Contact, and its URI. */
static bool read_contact(const struct sip_message *message, struct sip_name_addr *contact, struct sip_uri *uri) {
    int line = scan_next(message, HEADER_CONTACT, -1);
    struct slice rest = line >= 0 ? scan_value(message, (unsigned)line) : SLICE_EMPTY, value, second;
    return list_next(&rest, &value) && !list_next(&rest, &second) && scan_next(message, HEADER_CONTACT, line) < 0 &&
           name_addr_parse(contact, value) == 0 && uri_parse(uri, contact->uri, 0) == 0 &&
           (uri->scheme == URI_SIP || uri->scheme == URI_SIPS);
}

bool nat_asked(const struct sip_message *request) {
    struct sip_name_addr contact;
    struct sip_uri uri;
    struct slice ob;
    return request->via_count == 1 && !request->first[HEADER_RECORD_ROUTE] && read_contact(request, &contact, &uri) &&
           uri_param(uri.params, SLICE("ob"), &ob);
}

/* Where the parameter stands, from `at` on, written as we write it: nobody else's business is to write it otherwise. */
static size_t find_mark(struct slice text, size_t at) {
    while (at < text.len && !slice_starts(slice_from(text, at), SLICE(";" FLOW_PARAM "=")))
        at = slice_find(text, at + 1, ';');
    return at;
}

/* Everything of the URI but the parameter, up to its ?headers. */
static void add_front(struct line *line, const struct sip_uri *uri) {
    struct slice front = slice_cut(uri->text, 0, uri->text.len - uri->headers.len);
    for (size_t at = 0; at < front.len;) {
        size_t mark = find_mark(front, at);
        line_add(line, slice_cut(front, at, mark));
        at = mark < front.len ? slice_find(front, mark + 1, ';') : mark;
    }
}

int nat_mark(struct edit *edit, struct arena *arena, struct slice token) {
    const struct sip_message *message = edit->message;
    struct sip_name_addr contact;
    struct sip_uri uri;
    struct line line;
    if (!read_contact(message, &contact, &uri))
        return 0;
    line_init(&line, arena);
    line_add(&line, contact.brackets ? SLICE_EMPTY : SLICE("<")); /* else the parameter would be the header's */
    add_front(&line, &uri);
    line_add(&line, SLICE(";" FLOW_PARAM "="));
    line_add(&line, token);
    line_add(&line, uri.headers);
    line_add(&line, contact.brackets ? SLICE_EMPTY : SLICE(">"));
    uint32_t at = (uint32_t)(uri.text.at - message->bytes.at);
    if (!line.failed)
        edit_replace(edit, at, at + (uint32_t)uri.text.len, line_slice(&line));
    return line.failed ? -ENOMEM : 0;
}

struct slice nat_token(const struct sip_uri *uri) {
    size_t mark = find_mark(uri->params, 0), end = slice_find(uri->params, mark + 1, ';');
    return mark == uri->params.len ? SLICE_NULL : slice_cut(uri->params, mark + sizeof ";" FLOW_PARAM, end);
}

struct slice nat_without(struct arena *arena, const struct sip_uri *uri) {
    struct line line;
    line_init(&line, arena);
    add_front(&line, uri);
    line_add(&line, uri->headers);
    return line.failed ? SLICE_NULL : line_slice(&line);
}
