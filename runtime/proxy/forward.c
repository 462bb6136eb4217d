/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/forward.h"

#include "runtime/proxy/dialog.h"
#include "runtime/proxy/line.h"
#include "runtime/proxy/nat.h"
#include "runtime/sip/edit.h"
#include "runtime/sip/reply.h"
#include "runtime/sip/uri.h"
#include "runtime/sip/values.h"

#include <errno.h>
#include <string.h>

enum { MAX_FORWARDS = 70 }; /* 16.6 step 3 */

static struct slice join(struct arena *arena, const struct slice *parts, unsigned count) {
    size_t length = 0;
    for (unsigned i = 0; i < count; i++)
        length += parts[i].len;
    char *text = arena_bytes(arena, length ? length : 1), *out = text;
    for (unsigned i = 0; text && i < count; i++) {
        if (parts[i].len)
            memcpy(out, parts[i].at, parts[i].len);
        out += parts[i].len;
    }
    return text ? (struct slice){text, length} : SLICE_NULL;
}

#define JOIN(arena, ...)                                                                                               \
    join(arena, (const struct slice[]){__VA_ARGS__}, sizeof((struct slice[]){__VA_ARGS__}) / sizeof(struct slice))

/* Without ;name: `params` unchanged when it is not there. */
static struct slice without_param(struct arena *arena, struct slice params, struct slice name) {
    struct slice value;
    if (!uri_param(params, name, &value))
        return params;
    struct slice kept = SLICE_EMPTY;
    for (size_t at = 0; at < params.len && kept.at;) {
        size_t start = at;
        struct slice this_name;
        if (!param_next(params, &at, &this_name, &value))
            break;
        struct slice param = slice_cut(params, start, at);
        if (!uri_param(param, name, &value)) /* its comparison, which knows escapes */
            kept = JOIN(arena, kept, param);
    }
    return kept;
}

/* The value of a To or From line that the plan set, with the tag of the line that came in. */
static struct slice tagged(struct arena *arena, struct slice value, bool is_uri, struct slice tag) {
    struct sip_name_addr address;
    struct slice open = SLICE("<"), close = SLICE(">"), none = SLICE_EMPTY;
    struct slice label = tag.at ? SLICE(";tag=") : none;
    if (is_uri || slice_find(value, 0, '<') == value.len) /* parameters of a bare URI belong to the URI */
        return JOIN(arena, open, value, close, label, tag);
    if (name_addr_parse(&address, value))
        return JOIN(arena, value, label, tag);
    struct slice front = slice_cut(value, 0, value.len - address.params.len);
    struct slice params = without_param(arena, address.params, SLICE("tag"));
    return params.at || !address.params.len ? JOIN(arena, front, params, label, tag) : SLICE_NULL;
}

struct slice forward_clean_uri(struct arena *arena, struct slice text) {
    struct sip_uri uri;
    struct slice method;
    if (uri_parse(&uri, text, 0) || (uri.scheme != URI_SIP && uri.scheme != URI_SIPS))
        return text;
    if (!uri.headers.len && !uri_param(uri.params, SLICE("method"), &method))
        return text;
    struct slice front = slice_cut(text, 0, text.len - uri.headers.len - uri.params.len);
    struct slice params = without_param(arena, uri.params, SLICE("method"));
    return params.at || !uri.params.len ? JOIN(arena, front, params) : SLICE_NULL;
}

static unsigned count_routes(const struct sip_message *request) {
    unsigned count = 0;
    for (int line = scan_next(request, HEADER_ROUTE, -1); line >= 0; line = scan_next(request, HEADER_ROUTE, line)) {
        struct slice rest = scan_value(request, (unsigned)line), value;
        while (list_next(&rest, &value))
            count++;
    }
    return count;
}

/* Leaves the Route values from `skip` up to `end`, which stand in one run on each line. */
static void edit_routes(struct edit *edit, unsigned skip, unsigned end) {
    const struct sip_message *request = edit->message;
    unsigned index = 0;
    for (int line = scan_next(request, HEADER_ROUTE, -1); line >= 0; line = scan_next(request, HEADER_ROUTE, line)) {
        struct slice rest = scan_value(request, (unsigned)line), value, kept = SLICE_NULL;
        bool all = true;
        while (list_next(&rest, &value)) {
            bool keep = index >= skip && index < end;
            index++;
            all &= keep;
            if (keep && !kept.at)
                kept = value;
            else if (keep)
                kept.len = (size_t)(value.at + value.len - kept.at);
        }
        const struct sip_header *header = &request->headers[line];
        if (!kept.at)
            edit_replace(edit, header->at, header->end, SLICE_EMPTY);
        else if (!all)
            edit_set_value(edit, (unsigned)line, kept);
    }
}

/* 16.6 steps 2 and 6: Request-URI and Route. Towards a strict router the Request-URI goes to the
 * end of the Route and the router's URI takes its place. A registered contact's Path comes before what
 * is left of the Route (RFC 3327 5.4). */
static int edit_target(struct edit *edit, struct arena *arena, const struct forward *forward) {
    const struct route *route = forward->route;
    const struct sip_message *request = forward->request;
    bool strict = forward->by_route && route->strict;
    unsigned skip = route->skip + strict;
    struct slice uri = forward_clean_uri(arena, forward->uri),
                 written = strict ? forward_clean_uri(arena, route->next) : uri;
    struct slice above = forward->path.len ? JOIN(arena, SLICE("Route: "), forward->path, SLICE("\r\n")) : SLICE_EMPTY;
    if (!uri.at || !written.at || !above.at)
        return -ENOMEM;
    if (!slice_equal(written, request->uri))
        edit_replace(edit, request->uri_at, request->uri_at + (uint32_t)request->uri.len, written);
    if (skip || route->drop_last)
        edit_routes(edit, skip, count_routes(request) - route->drop_last);
    if (above.len)
        edit_prepend_line(edit, above);
    if (strict) {
        struct slice line = JOIN(arena, SLICE("Route: <"), uri, SLICE(">\r\n"));
        if (!line.at)
            return -ENOMEM;
        edit_append_line(edit, line);
    }
    return 0;
}

/* host:port */
static void add_place(struct line *line, const struct world_route *side) {
    line_add(line, slice_of(side->host));
    line_byte(line, ':');
    line_number(line, side->port);
}

static int prepend(struct edit *edit, const struct line *line) {
    if (!line->failed)
        edit_prepend_line(edit, line_slice(line));
    return line->failed ? -ENOMEM : 0;
}

/* The name that an address of this dialog has proved to be. */
static void add_identity(struct line *line, const struct forward *forward) {
    struct ip_address ip;
    char text[IP_TEXT];
    bool brackets = forward->remote->family == 6;
    if (!transports[forward->transport].secure || !forward->name.len || ip_parse(&ip, forward->name))
        return;
    line_add(line, SLICE(";" IDENTITY_PARAM "="));
    line_add(line, forward->name);
    line_add(line, brackets ? SLICE("~[") : SLICE("~"));
    line_add(line, slice_of(ip_format(forward->remote, text)));
    line_add(line, brackets ? SLICE("]") : SLICE_EMPTY);
}

/* <sip:TOKEN@host:port;transport=...;lr of ours, one of our sides; the caller closes it. `call_id`: of the dialog that
 * a flow's token is for. */
static void add_own_uri(struct line *line, const struct forward *forward, const struct world_route *side,
                        const struct flow_place *flow, struct slice call_id) {
    char token[FLOW_TOKEN_MAX];
    enum transport transport = side->local.transport;
    bool sips = transports[transport].secure && slice_starts_same(forward->uri, SLICE("sips:")); /* 16.6 step 4 */
    line_add(line, sips ? SLICE("<sips:") : SLICE("<sip:"));
    if (flow) {
        line_add(line, flow_token(flow, forward->flows, call_id, token));
        line_byte(line, '@');
    }
    add_place(line, side);
    if (transport != TRANSPORT_UDP &&
        !(sips && transport == TRANSPORT_TLS)) { /* a URI that names none is for UDP (RFC 3263 4.1) */
        line_add(line, SLICE(";transport="));
        line_add(line, slice_of(sips ? transports[transport].parameter : transports[transport].word));
    }
    line_add(line, SLICE(";lr"));
}

static int record_route(struct edit *edit, struct arena *arena, const struct forward *forward,
                        const struct world_route *side, const struct flow_place *flow) {
    char cookie[COOKIE_LENGTH];
    struct line line;
    line_init(&line, arena);
    dialog_cookie(forward->dialogs, forward->request->call_id, cookie);
    line_add(&line, SLICE("Record-Route: "));
    add_own_uri(&line, forward, side, flow, forward->request->call_id);
    line_add(&line, SLICE(";" COOKIE_PARAM "="));
    line_add(&line, (struct slice){cookie, sizeof cookie});
    if (side == forward->via)
        add_identity(&line, forward);
    line_add(&line, SLICE(">\r\n"));
    return prepend(edit, &line);
}

/* RFC 5626 5.1, RFC 3327 5.2: on top of other Paths; ;ob says that we are the first hop, and keep the flow. */
static int edge_lines(struct edit *edit, struct arena *arena, const struct forward *forward) {
    struct line line;
    if (forward->edge != EDGE_PATH && forward->edge != EDGE_REQUIRED)
        return 0;
    line_init(&line, arena);
    line_add(&line, SLICE("Path: "));
    add_own_uri(&line, forward, forward->via, forward->to_caller, SLICE_EMPTY);
    line_add(&line, SLICE(";ob>\r\n"));
    if (forward->edge == EDGE_REQUIRED && !edge_lists(forward->request, HEADER_REQUIRE, SLICE("path")))
        edit_append_line(edit, SLICE("Require: path\r\n"));
    return prepend(edit, &line);
}

static int own_via(struct edit *edit, struct arena *arena, const struct forward *forward) {
    struct line line;
    line_init(&line, arena);
    line_add(&line, SLICE("Via: SIP/2.0/"));
    line_add(&line, slice_of(transports[forward->transport].name));
    line_byte(&line, ' ');
    add_place(&line, forward->via);
    line_add(&line, SLICE(";branch="));
    line_add(&line, forward->branch);
    line_add(&line, SLICE(";rport"));
    if (transports[forward->transport].secure) /* the peer has seen who we are (RFC 5923 8.1) */
        line_add(&line, SLICE(";alias"));
    line_add(&line, SLICE("\r\n"));
    return prepend(edit, &line);
}

/* 16.6 steps 4 and 8; RFC 5658 4.3: the callee's side on top. What the caller's own Via lacks is
 * filled in (18.2.1). */
static int edit_path(struct edit *edit, struct arena *arena, const struct forward *forward) {
    int error = own_via(edit, arena, forward);
    if (!error && forward->record_route)
        error = record_route(edit, arena, forward, forward->via, forward->to_callee);
    if (!error && forward->record_route && forward->back)
        error = record_route(edit, arena, forward, forward->back, forward->to_caller);
    if (!error)
        error = edge_lines(edit, arena, forward);
    if (error)
        return error;
    const struct sip_via *top = &forward->request->via;
    struct slice received = reply_via(arena, forward->request, forward->source, &error);
    if (received.at)
        edit_replace(edit, top->at, top->end, received);
    return error;
}

static int set_number(struct edit *edit, struct arena *arena, enum header header, unsigned number) {
    struct line line;
    line_init(&line, arena);
    line_number(&line, number);
    if (line.failed)
        return -ENOMEM;
    return edit_set_header(edit, arena, header, slice_of(headers[header].name), line_slice(&line));
}

/* 16.6 step 3; a plan may lower it. */
static int edit_hops(struct edit *edit, struct arena *arena, const struct forward *forward) {
    int received = forward->request->max_forwards;
    uint64_t hops = received < 0 ? MAX_FORWARDS : received > 0 ? (uint64_t)received - 1 : 0, wanted;
    for (const struct outcome_header *entry = forward->set; entry; entry = entry->next)
        if (entry->header == HEADER_MAX_FORWARDS && slice_number(slice_trim(entry->value), UINT32_MAX, &wanted)) {
            uint64_t most = received < 0 ? MAX_FORWARDS - 1 : hops;
            hops = wanted < most ? wanted : most;
        }
    return set_number(edit, arena, HEADER_MAX_FORWARDS, (unsigned)hops);
}

static int edit_headers(struct edit *edit, struct arena *arena, const struct forward *forward) {
    const struct sip_message *request = forward->request;
    if (forward->to.at) {
        struct slice to = tagged(arena, forward->to, forward->to_is_uri, request->to_tag);
        if (!to.at)
            return -ENOMEM;
        edit_set_value(edit, request->first[HEADER_TO] - 1u, to);
    }
    for (const struct outcome_header *entry = forward->set; entry; entry = entry->next) {
        struct slice value = entry->value;
        if (entry->header == HEADER_MAX_FORWARDS)
            continue;
        if (entry->header == HEADER_FROM)
            value = tagged(arena, value, false, request->from_tag);
        if (!value.at || edit_set_header(edit, arena, entry->header, entry->name, value))
            return -ENOMEM;
    }
    return 0;
}

/* 22.3: whoever comes next need not see what was meant for us. A line that the plan sets is the plan's. */
static int edit_credentials(struct edit *edit, struct arena *arena, const struct forward *forward) {
    static const enum header lines[] = {HEADER_AUTHORIZATION, HEADER_PROXY_AUTHORIZATION};
    const struct sip_message *request = forward->request;
    for (unsigned i = 0; forward->realm.at && i < sizeof lines / sizeof *lines; i++) {
        const struct outcome_header *set = forward->set;
        while (set && set->header != lines[i])
            set = set->next;
        for (int n = scan_next(request, lines[i], -1); n >= 0 && !set; n = scan_next(request, lines[i], n)) {
            struct credentials credentials;
            int error = values_credentials(arena, scan_value(request, (unsigned)n), &credentials);
            if (error == -ENOMEM)
                return error;
            if (!error && slice_equal(credentials.realm, forward->realm))
                edit_replace(edit, request->headers[n].at, request->headers[n].end, SLICE_EMPTY);
        }
    }
    return 0;
}

static int edit_contact(struct edit *edit, struct arena *arena, const struct forward *forward) {
    char token[FLOW_TOKEN_MAX];
    if (!forward->contact)
        return 0;
    return nat_mark(edit, arena, flow_token(forward->to_caller, forward->flows, forward->request->call_id, token));
}

struct slice forward_build(struct arena *arena, const struct forward *forward, int *error) {
    struct edit edit;
    edit_begin(&edit, forward->request);
    *error = edit_path(&edit, arena, forward);
    if (*error == 0)
        *error = edit_target(&edit, arena, forward);
    if (*error == 0)
        *error = edit_hops(&edit, arena, forward);
    if (*error == 0 && forward->breadth)
        *error = set_number(&edit, arena, HEADER_MAX_BREADTH, forward->breadth);
    if (*error == 0)
        *error = edit_headers(&edit, arena, forward);
    if (*error == 0)
        *error = edit_credentials(&edit, arena, forward);
    if (*error == 0)
        *error = edit_contact(&edit, arena, forward);
    if (*error == 0 && forward->transport != TRANSPORT_UDP)
        *error = edit_add_length(&edit, arena);
    size_t size = *error ? 0 : edit_size(&edit);
    if (size > SIP_MESSAGE_MAX)
        *error = -E2BIG;
    char *bytes = *error ? NULL : arena_bytes(arena, size);
    if (!*error && !bytes)
        *error = -ENOMEM;
    long written = bytes ? edit_apply(&edit, bytes, size) : 0;
    if (written < 0)
        *error = (int)written;
    return *error ? SLICE_NULL : (struct slice){bytes, (size_t)written};
}
