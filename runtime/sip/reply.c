/* SPDX-License-Identifier: MIT */
#include "runtime/sip/reply.h"

#include "runtime/sip/compose.h"
#include "runtime/sip/uri.h"

#include <errno.h>
#include <stdio.h>

/* The top Via. */

static bool via_is_true(const struct sip_via *via, const struct endpoint *source) {
    struct ip_address ip;
    return !via->rport && !via->received.at && ip_parse(&ip, via->host) && ip_equal(&ip, &source->ip);
}

/* Length of what stands before the next ';' outside quotes; the one that `text` starts with does not count. */
static size_t param_length(struct slice text) {
    bool quoted = false;
    for (size_t i = 1; i < text.len; i++) {
        if (text.at[i] == '"')
            quoted = !quoted;
        else if (quoted && text.at[i] == '\\')
            i++;
        else if (!quoted && text.at[i] == ';')
            return i;
    }
    return text.len;
}

static struct slice param_name(struct slice param) {
    return slice_trim(slice_cut(param, 1, slice_find(param, 0, '=')));
}

/* rport is filled in where it stands, received goes to the end; every other byte stays. */
static void compose_via(struct compose *out, const struct sip_message *request, const struct endpoint *source) {
    const struct sip_via *via = &request->via;
    struct slice text = slice_trim(slice_cut(request->bytes, via->at, via->end));
    if (via_is_true(via, source)) {
        compose_text(out, text);
        return;
    }
    bool rport = false;
    for (size_t length; text.len; text = slice_from(text, length)) {
        length = param_length(text);
        struct slice param = slice_cut(text, 0, length), name = SLICE_NULL;
        if (param.at[0] == ';')
            name = param_name(param);
        if (slice_same(name, SLICE("received")))
            continue;
        if (!slice_same(name, SLICE("rport"))) {
            compose_text(out, param);
        } else if (!rport) {
            compose_text(out, SLICE(";rport="));
            compose_number(out, source->port);
            rport = true;
        }
    }
    char ip[IP_TEXT];
    compose_text(out, SLICE(";received="));
    compose_text(out, slice_of(ip_format(&source->ip, ip)));
}

struct slice reply_via(struct arena *arena, const struct sip_message *request, const struct endpoint *source,
                       int *error) {
    *error = 0;
    if (via_is_true(&request->via, source))
        return SLICE_NULL;
    struct compose count = {0};
    compose_via(&count, request, source);
    struct compose out = {.out = arena_bytes(arena, count.length)};
    if (!out.out) {
        *error = -ENOMEM;
        return SLICE_NULL;
    }
    compose_via(&out, request, source);
    return (struct slice){out.out, out.length};
}

/* Nobody can be there (RFC 6761 6.4): browsers say so (RFC 7118 8.1). */
static bool is_nowhere(struct slice host) {
    struct slice name = host_without_root(host), top = SLICE(".invalid");
    return name.len > top.len && slice_same(slice_from(name, name.len - top.len), top);
}

struct sip_flow reply_flow(const struct sip_message *request, const struct sip_flow *flow) {
    struct sip_flow reply = *flow;
    enum transport transport = flow->remote.transport;
    if (transport != TRANSPORT_UDP || !request->via.rport)
        reply.remote.port = request->via.port ? request->via.port : transports[transport].port;
    bool web = endpoint_is_web(&flow->remote);
    if (web ? !is_nowhere(request->via.host) : transports[transport].secure)
        reply.name = request->via.host;
    return reply;
}

/* The response. */

/* There, not empty, and no line break in it but folding: of a message that the fence refused nothing is certain. */
static bool is_usable(const struct sip_message *request, enum header id) {
    for (int line = scan_next(request, id, -1); line >= 0; line = scan_next(request, id, line)) {
        struct slice value = scan_value(request, (unsigned)line);
        if (value.len == 0)
            return false;
        for (size_t i = 0; i < value.len; i++) {
            if (value.at[i] == '\r' && i + 1 < value.len && value.at[i + 1] == '\n')
                i++;
            else if (value.at[i] != '\r' && value.at[i] != '\n')
                continue;
            if (i + 1 == value.len || (value.at[i + 1] != ' ' && value.at[i + 1] != '\t'))
                return false;
        }
    }
    return request->first[id] != 0;
}

static bool is_answerable(const struct sip_message *request) {
    static const enum header needed[] = {HEADER_VIA, HEADER_FROM, HEADER_TO, HEADER_CALL_ID, HEADER_CSEQ};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!is_usable(request, needed[i]))
            return false;
    return request->via.host.len != 0;
}

/* Of a code that nobody registered: its class (RFC 3261 8.1.3.2). */
static struct slice reason_phrase(unsigned code) {
    static const char *const classes[] = {"Provisional",     "Successful",     "Redirection",
                                          "Request Failure", "Server Failure", "Global Failure"};
    const char *reason = status_reason(code);
    return slice_of(*reason || code < 100 || code > 699 ? reason : classes[code / 100 - 1]);
}

static void compose_top_via(struct compose *out, const struct sip_message *request, const struct endpoint *source) {
    const struct sip_via *via = &request->via;
    const struct sip_header *line = &request->headers[via->header];
    compose_text(out, slice_cut(request->bytes, line->at, via->at));
    compose_via(out, request, source);
    compose_text(out, slice_cut(request->bytes, via->end, line->value + line->value_length));
    compose_text(out, SLICE("\r\n"));
}

static void compose_to(struct compose *out, const struct sip_message *request, struct slice tag) {
    const struct sip_header *line = &request->headers[request->first[HEADER_TO] - 1];
    compose_text(out, slice_cut(request->bytes, line->at, line->value + line->value_length));
    if (tag.at && !request->to_tag.at) {
        compose_text(out, SLICE(";tag="));
        compose_text(out, tag);
    }
    compose_text(out, SLICE("\r\n"));
}

/* RFC 3261 8.2.6.1: copied into a 100, with how long the answer took when that is worth saying. */
static void compose_timestamp(struct compose *out, const struct sip_message *request, uint32_t delay) {
    if (!is_usable(request, HEADER_TIMESTAMP))
        return;
    unsigned line = request->first[HEADER_TIMESTAMP] - 1U;
    if (!delay) {
        compose_line(out, request, line);
        return;
    }
    struct slice value = scan_value(request, line);
    size_t length = 0; /* of the time; a delay behind it was somebody else's */
    while (length < value.len && (byte_is_digit((unsigned char)value.at[length]) || value.at[length] == '.'))
        length++;
    char text[16];
    snprintf(text, sizeof text, " %lu.%03lu", (unsigned long)delay / 1000, (unsigned long)delay % 1000);
    compose_text(out, SLICE("Timestamp: "));
    compose_text(out, slice_cut(value, 0, length));
    compose_text(out, slice_of(text));
    compose_text(out, SLICE("\r\n"));
}

static void compose_reply(struct compose *out, const struct sip_message *request, const struct endpoint *source,
                          const struct reply *reply) {
    compose_text(out, SLICE("SIP/2.0 "));
    compose_number(out, reply->code);
    compose_text(out, SLICE(" "));
    compose_text(out, reply->reason.at ? reply->reason : reason_phrase(reply->code));
    compose_text(out, SLICE("\r\n"));
    compose_top_via(out, request, source);
    int line = (int)request->via.header;
    while ((line = scan_next(request, HEADER_VIA, line)) >= 0)
        compose_line(out, request, (unsigned)line);
    compose_line(out, request, request->first[HEADER_FROM] - 1U);
    compose_to(out, request, reply->to_tag);
    compose_line(out, request, request->first[HEADER_CALL_ID] - 1U);
    compose_line(out, request, request->first[HEADER_CSEQ] - 1U);
    if (reply->code == 100)
        compose_timestamp(out, request, reply->delay);
    compose_text(out, reply->headers);
    compose_text(out, SLICE("Content-Length: 0\r\n\r\n"));
}

struct slice reply_build(struct arena *arena, const struct sip_message *request, const struct endpoint *source,
                         const struct reply *reply) {
    if (!is_answerable(request))
        return SLICE_NULL;
    struct compose count = {0};
    compose_reply(&count, request, source, reply);
    struct compose out = {.out = arena_bytes(arena, count.length)};
    if (!out.out)
        return SLICE_NULL;
    compose_reply(&out, request, source, reply);
    return (struct slice){out.out, out.length};
}
