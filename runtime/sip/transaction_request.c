/* SPDX-License-Identifier: MIT */
/* Reads requests of our own making: no fence is needed, and none may stand in the way, as a request that came with
 * as many headers as the fence lets through leaves with more. */
#include "runtime/sip/transaction_layer.h"

#include "runtime/sip/compose.h"

#include <string.h>

/* The bytes up to and with the next line end, folded lines with them; false at the end and at the empty line. */
static bool next_line(struct slice *rest, struct slice *line) {
    size_t end = 0;
    do {
        end = slice_find(*rest, end, '\n');
        end += end < rest->len;
    } while (end < rest->len && (rest->at[end] == ' ' || rest->at[end] == '\t'));
    *line = slice_cut(*rest, 0, end);
    *rest = slice_from(*rest, end);
    return slice_trim(*line).len != 0;
}

static enum header line_header(struct slice line) {
    return header_named(slice_trim(slice_cut(line, 0, slice_find(line, 0, ':'))));
}

static struct slice line_value(struct slice line) {
    return slice_trim(slice_from(line, slice_find(line, 0, ':') + 1));
}

/* The value of our own Via: on top, without quotes. */
static struct slice first_value(struct slice line) {
    struct slice value = line_value(line);
    return slice_trim(slice_cut(value, 0, slice_find(value, 0, ',')));
}

static struct slice word(struct slice *text) {
    *text = slice_trim(*text);
    size_t end = 0;
    while (end < text->len && !strchr(" \t\r\n", text->at[end]))
        end++;
    struct slice taken = slice_cut(*text, 0, end);
    *text = slice_from(*text, end);
    return taken;
}

/* What both requests take from the INVITE; `to` is a whole header line, null: the INVITE's. */
static void compose_request(struct compose *out, struct slice invite, struct slice method, struct slice to,
                            struct slice lines) {
    struct slice rest = invite, line;
    bool via = false, forwards = false;
    next_line(&rest, &line);
    word(&line);
    compose_text(out, method);
    compose_text(out, SLICE(" "));
    compose_text(out, word(&line));
    compose_text(out, SLICE(" SIP/2.0\r\n"));
    while (next_line(&rest, &line)) {
        enum header header = line_header(line);
        if (header == HEADER_VIA && !via) {
            via = true;
            compose_text(out, SLICE("Via: "));
            compose_text(out, first_value(line));
            compose_text(out, SLICE("\r\n"));
        } else if (header == HEADER_CSEQ) {
            struct slice value = line_value(line);
            compose_text(out, SLICE("CSeq: "));
            compose_text(out, word(&value));
            compose_text(out, SLICE(" "));
            compose_text(out, method);
            compose_text(out, SLICE("\r\n"));
        } else if (header == HEADER_TO && to.at) {
            compose_text(out, to);
        } else if (header == HEADER_ROUTE || header == HEADER_FROM || header == HEADER_TO || header == HEADER_CALL_ID ||
                   header == HEADER_MAX_FORWARDS) {
            compose_text(out, line);
            forwards |= header == HEADER_MAX_FORWARDS;
        }
    }
    if (!forwards)
        compose_text(out, SLICE("Max-Forwards: 70\r\n"));
    compose_text(out, lines);
    compose_text(out, SLICE("Content-Length: 0\r\n\r\n"));
}

static struct slice build(struct arena *arena, struct slice invite, struct slice method, struct slice to,
                          struct slice lines) {
    struct compose count = {0};
    compose_request(&count, invite, method, to, lines);
    struct compose out = {.out = arena_bytes(arena, count.length)};
    if (!out.out)
        return SLICE_NULL;
    compose_request(&out, invite, method, to, lines);
    return (struct slice){out.out, out.length};
}

struct slice request_ack(struct arena *arena, struct slice invite, const struct sip_message *response) {
    if (!response->first[HEADER_TO])
        return build(arena, invite, SLICE("ACK"), SLICE_NULL, SLICE_EMPTY);
    struct compose count = {0};
    compose_line(&count, response, response->first[HEADER_TO] - 1U);
    struct compose line = {.out = arena_bytes(arena, count.length)};
    if (!line.out)
        return SLICE_NULL;
    compose_line(&line, response, response->first[HEADER_TO] - 1U);
    return build(arena, invite, SLICE("ACK"), (struct slice){line.out, line.length}, SLICE_EMPTY);
}

struct slice request_cancel(struct arena *arena, struct slice invite, struct slice lines) {
    return build(arena, invite, SLICE("CANCEL"), SLICE_NULL, lines);
}

struct slice request_core(struct arena *arena, struct slice invite) {
    return build(arena, invite, SLICE("INVITE"), SLICE_NULL, SLICE_EMPTY);
}

/* Of ";branch=" in a Via that we wrote; up to the end when the bytes are cut there. */
static struct slice via_branch(struct slice value) {
    for (size_t at = slice_find(value, 0, ';'); at < value.len; at = slice_find(value, at, ';')) {
        struct slice param = slice_from(value, ++at);
        if (!slice_starts_same(param, SLICE("branch=")))
            continue;
        param = slice_from(param, sizeof "branch=" - 1);
        size_t length = 0;
        while (length < param.len && byte_is_token((unsigned char)param.at[length]))
            length++;
        return slice_cut(param, 0, length);
    }
    return SLICE_NULL;
}

/* Forward to the topmost Via: the line, or false. */
static bool find_via(struct slice *bytes, struct slice *line) {
    do
        if (!next_line(bytes, line))
            return false;
    while (line_header(*line) != HEADER_VIA);
    return true;
}

bool request_sent_by(struct slice bytes, struct slice *host, uint16_t *port) {
    struct slice line;
    uint64_t number = 0;
    if (!find_via(&bytes, &line))
        return false;
    struct slice value = first_value(line);
    word(&value); /* SIP/2.0/UDP */
    value = slice_trim(slice_cut(value, 0, slice_find(value, 0, ';')));
    size_t name = slice_starts(value, SLICE("[")) ? slice_find(value, 0, ']') : 0;
    size_t colon = slice_find(value, name, ':');
    *host = slice_cut(value, 0, colon);
    if (colon < value.len && !slice_number(slice_from(value, colon + 1), UINT16_MAX, &number))
        return false;
    *port = (uint16_t)number;
    return true;
}

bool request_identity(struct slice bytes, struct slice *method, struct slice *branch) {
    struct slice line;
    if (!next_line(&bytes, &line) || slice_starts_same(line, SLICE("SIP/2.0 ")))
        return false;
    *method = word(&line);
    if (!find_via(&bytes, &line))
        return false;
    *branch = via_branch(first_value(line));
    return branch->len != 0;
}
