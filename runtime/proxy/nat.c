/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/nat.h"

#include "runtime/proxy/line.h"
#include "runtime/proxy/target.h"

#include <errno.h>

bool nat_suspected(const struct sip_message *request, const struct endpoint *source) {
    const struct sip_via *via = &request->via;
    struct ip_address ip;
    if (request->via_count != 1 || request->first[HEADER_RECORD_ROUTE] || !ip_parse(&ip, via->host))
        return false;
    uint16_t port = via->port ? via->port : transports[source->transport].port;
    return !ip_equal(&ip, &source->ip) || (via->rport && port != source->port);
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
    while (at < text.len && !slice_starts(slice_from(text, at), SLICE(";" NAT_PARAM "=")))
        at = slice_find(text, at + 1, ';');
    return at;
}

bool nat_marked(const struct sip_message *message) {
    int line = scan_next(message, HEADER_CONTACT, -1);
    struct slice value = line >= 0 ? scan_value(message, (unsigned)line) : SLICE_EMPTY;
    return find_mark(value, 0) < value.len;
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

static void add_place(struct line *line, const struct endpoint *place) {
    char ip[IP_TEXT];
    bool brackets = place->ip.family == 6;
    line_add(line, SLICE(";" NAT_PARAM "="));
    line_add(line, brackets ? SLICE("[") : SLICE_EMPTY);
    line_add(line, slice_of(ip_format(&place->ip, ip)));
    line_add(line, brackets ? SLICE("]~") : SLICE("~"));
    line_number(line, place->port);
    if (place->transport == TRANSPORT_UDP)
        return;
    line_byte(line, '~');
    line_add(line, slice_of(transports[place->transport].name));
}

int nat_mark(struct edit *edit, struct arena *arena, const struct endpoint *place) {
    const struct sip_message *message = edit->message;
    struct sip_name_addr contact;
    struct sip_uri uri;
    struct line line;
    if (!read_contact(message, &contact, &uri))
        return 0;
    line_init(&line, arena);
    line_add(&line, contact.brackets ? SLICE_EMPTY : SLICE("<")); /* else the parameter would be the header's */
    add_front(&line, &uri);
    if (place)
        add_place(&line, place);
    line_add(&line, uri.headers);
    line_add(&line, contact.brackets ? SLICE_EMPTY : SLICE(">"));
    uint32_t at = (uint32_t)(uri.text.at - message->bytes.at);
    if (!line.failed)
        edit_replace(edit, at, at + (uint32_t)uri.text.len, line_slice(&line));
    return line.failed ? -ENOMEM : 0;
}

bool nat_place(const struct sip_uri *uri, struct endpoint *place) {
    size_t mark = find_mark(uri->params, 0), end = slice_find(uri->params, mark + 1, ';');
    enum transport transport;
    uint64_t port;
    *place = (struct endpoint){0};
    if (mark == uri->params.len || !target_transport(uri, TRANSPORT_NONE, &transport, &place->port))
        return false;
    struct slice value = slice_cut(uri->params, mark + sizeof ";" NAT_PARAM, end);
    size_t first = slice_find(value, 0, '~'), second = slice_find(value, first + 1, '~');
    if (second < value.len)
        transport = transport_named(slice_from(value, second + 1));
    if (!ip_parse(&place->ip, slice_cut(value, 0, first)) || transport == TRANSPORT_NONE ||
        !slice_number(slice_cut(value, first + 1, second), UINT16_MAX, &port) || port == 0)
        return false;
    place->port = (uint16_t)port;
    place->transport = (uint8_t)transport;
    return !ip_is_unspecified(&place->ip) && !ip_is_broadcast(&place->ip) && !ip_is_multicast(&place->ip);
}

struct slice nat_without(struct arena *arena, const struct sip_uri *uri) {
    struct line line;
    line_init(&line, arena);
    add_front(&line, uri);
    line_add(&line, uri->headers);
    return line.failed ? SLICE_NULL : line_slice(&line);
}
