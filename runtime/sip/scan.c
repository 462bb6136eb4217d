/* SPDX-License-Identifier: MIT */
#include "runtime/sip/scan.h"

#include "runtime/sip/scan_fields.h"
#include "runtime/sip/uri.h"

#include <string.h>

void scan_refuse(struct scan *scan, const char *reason) {
    if (!scan->fault)
        scan->fault = reason;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool scan_is_token(struct slice s) {
    for (size_t i = 0; i < s.len; i++)
        if (!byte_is_token((unsigned char)s.at[i]))
            return false;
    return s.len != 0;
}

/* Start line: 7.1, 7.2. */

size_t scan_digits(struct slice s, size_t i) {
    size_t start = i;
    while (i < s.len && byte_is_digit((unsigned char)s.at[i]))
        i++;
    return i - start;
}

/* SIP-Version: "SIP/" 1*DIGIT "." 1*DIGIT, any letter case. */
static bool is_version(struct slice s) {
    if (!slice_starts_same(s, SLICE("SIP/")))
        return false;
    size_t major = scan_digits(s, 4), dot = 4 + major;
    return major && dot < s.len && s.at[dot] == '.' && scan_digits(s, dot + 1) &&
           dot + 1 + scan_digits(s, dot + 1) == s.len;
}

static void status_line(struct scan *scan, struct slice line) {
    struct sip_message *message = scan->message;
    uint64_t code;
    message->request = false;
    if (line.len < 12 || !slice_starts_same(line, SLICE("SIP/2.0 ")) || line.at[11] != ' ' ||
        !slice_number(slice_cut(line, 8, 11), 699, &code) || code < 100) {
        scan_refuse(scan, "Malformed Status-Line");
        return;
    }
    message->status = (unsigned)code;
    message->reason = slice_from(line, 12);
}

static void request_uri(struct scan *scan) {
    struct sip_message *message = scan->message;
    struct sip_uri uri;
    size_t at = 0;
    if (uri_parse(&uri, message->uri, 0)) {
        scan_refuse(scan, "Malformed Request-URI");
        return;
    }
    if (uri.scheme != URI_OTHER && uri.headers.len) /* 19.1.1: never in a Request-URI */
        scan_refuse(scan, "Headers in Request-URI");
    unsigned count = 0;
    for (; at < uri.params.len && count <= SIP_PARAMS_MAX; at = slice_find(uri.params, at + 1, ';'))
        count++;
    if (count > SIP_PARAMS_MAX)
        scan_refuse(scan, "Too Many Parameters");
}

static void request_line(struct scan *scan, struct slice line) {
    struct sip_message *message = scan->message;
    struct slice word = slice_trim(line);
    size_t last = word.len;
    while (last && !is_blank(word.at[last - 1]))
        last--;
    if (!slice_starts_same(slice_from(word, last), SLICE("SIP/"))) {
        scan->foreign = true;
        return;
    }
    size_t first = slice_find(line, 0, ' '), second = slice_find(line, first + 1, ' ');
    struct slice version = slice_from(line, second + 1);
    message->method_name = slice_cut(line, 0, first);
    message->method = method_named(message->method_name);
    message->uri = slice_cut(line, first + 1, second);
    message->uri_at = (uint32_t)(message->uri.at - message->bytes.at);
    if (!scan_is_token(message->method_name) || !is_version(version)) /* one blank each, none behind: 7.1 */
        scan_refuse(scan, "Malformed Request-Line");
    else if (!slice_equal(slice_from(version, 4), SLICE("2.0")))
        scan->other_version = true;
    request_uri(scan);
}

/* Header lines: 7.3. */

/* The line from `at`: its end with the line end, and its text. A bare LF ends a line as CRLF does: nearly every stack
 * reads it so. A CR alone would be a line end to some and text to others. */
static size_t line_end(struct scan *scan, size_t at, struct slice *text) {
    struct slice bytes = scan->message->bytes;
    size_t end = slice_find(bytes, at, '\n');
    *text = slice_cut(bytes, at, end);
    if (end < bytes.len && text->len && text->at[text->len - 1] == '\r')
        text->len--;
    else if (end < bytes.len)
        scan->message->bare = true;
    if (text->len && memchr(text->at, '\r', text->len))
        scan_refuse(scan, "Stray Carriage Return");
    return end < bytes.len ? end + 1 : end;
}

/* A line and those that it is folded over. One of blanks alone is refused: some take it for the empty line that ends
 * the headers. */
static size_t folded_end(struct scan *scan, size_t at, struct slice *text) {
    struct slice bytes = scan->message->bytes, more;
    size_t end = line_end(scan, at, text);
    while (end < bytes.len && (bytes.at[end] == ' ' || bytes.at[end] == '\t')) {
        end = line_end(scan, end, &more);
        if (slice_trim(more).len == 0)
            scan_refuse(scan, "Blank Line in Header");
        text->len = (size_t)(more.at + more.len - text->at);
    }
    return end;
}

/* Of a request the plan may judge any header, and the next hop must not read another one than it did. Of a response
 * only these are read: to drop an answer for the rest of it would lose the call. */
static bool stands_once(const struct sip_message *message, enum header id) {
    return message->request ? (headers[id].flags & HEADER_ONE) != 0
                            : id == HEADER_FROM || id == HEADER_TO || id == HEADER_CALL_ID || id == HEADER_CSEQ ||
                                  id == HEADER_CONTENT_LENGTH;
}

static void add_header(struct scan *scan, size_t at, size_t end, struct slice text) {
    struct sip_message *message = scan->message;
    size_t name = 0;
    while (name < text.len && byte_is_token((unsigned char)text.at[name]))
        name++;
    size_t colon = name;
    while (colon < text.len && (text.at[colon] == ' ' || text.at[colon] == '\t'))
        colon++;
    if (name == 0 || colon == text.len || text.at[colon] != ':') {
        scan_refuse(scan, "Malformed Header Line");
        return;
    }
    struct slice value = slice_trim(slice_from(text, colon + 1));
    enum header id = header_named(slice_cut(text, 0, name));
    unsigned index = message->header_count++;
    message->headers[index] = (struct sip_header){
        .id = (uint16_t)id,
        .at = (uint32_t)at,
        .end = (uint32_t)end,
        .name = (uint32_t)at,
        .name_length = (uint32_t)name,
        .value = (uint32_t)(value.at - message->bytes.at),
        .value_length = (uint32_t)value.len,
    };
    if (id == HEADER_OTHER)
        return;
    if (!message->first[id])
        message->first[id] = (uint16_t)(index + 1);
    else if (stands_once(message, id))
        scan_refuse(scan, "Repeated Header");
}

/* All lines up to the empty one, which must be there (7). */
static void header_lines(struct scan *scan, size_t at) {
    struct sip_message *message = scan->message;
    message->body = (uint32_t)message->bytes.len;
    for (unsigned lines = 0; at < message->bytes.len; lines++) {
        struct slice text;
        size_t end = folded_end(scan, at, &text);
        if (text.len == 0 && end > at && message->bytes.at[end - 1] == '\n') {
            message->body = (uint32_t)end;
            return;
        }
        if (lines == (message->request ? SIP_HEADERS_MAX : SIP_LINES_MAX)) {
            scan_refuse(scan, "Too Many Headers");
            return;
        }
        add_header(scan, at, end, text);
        at = end;
    }
    scan_refuse(scan, "Missing Empty Line");
}

/* The whole. */

static struct scan_result verdict(const struct scan *scan) {
    const struct sip_message *message = scan->message;
    if (scan->fault) {
        /* 8.1.1 and 18.2.2: without a Via nobody knows where a reply goes. Responses and ACKs are never answered. */
        bool answer = message->request && message->method != METHOD_ACK && message->via.host.len;
        return (struct scan_result){answer ? SCAN_REFUSED : SCAN_SILENT, scan->too_large ? 513 : 400, scan->fault};
    }
    if (scan->other_version)
        return (struct scan_result){message->method == METHOD_ACK ? SCAN_SILENT : SCAN_REFUSED, 505,
                                    status_reason(505)};
    return (struct scan_result){SCAN_OK, 0, ""};
}

static void clear(struct sip_message *message, struct slice bytes) {
    message->bytes = bytes;
    message->request = true;
    message->method = METHOD_OTHER;
    message->method_name = message->uri = message->reason = SLICE_NULL;
    message->uri_at = message->status = 0;
    message->header_count = 0;
    memset(message->first, 0, sizeof message->first);
    message->body = (uint32_t)bytes.len;
    message->bare = false;
    message->via = (struct sip_via){0};
    message->via_count = 0;
    message->call_id = message->from_tag = message->to_tag = message->cseq_method = SLICE_NULL;
    message->cseq = 0;
    message->max_forwards = -1;
}

/* Nothing but line ends, blanks and NULs: what keeps a binding alive (RFC 5626 3.5.1, and older habits). */
static bool is_keepalive(struct slice bytes) {
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.at[i] != '\0' && !is_blank(bytes.at[i]))
            return false;
    return true;
}

struct scan_result scan_message(struct sip_message *message, const char *data, size_t length) {
    struct scan scan = {.message = message};
    struct slice bytes = {data, length}, line;
    if (is_keepalive(bytes)) {
        clear(message, bytes);
        return (struct scan_result){SCAN_KEEPALIVE, 0, ""};
    }
    while (bytes.at[0] == '\r' || bytes.at[0] == '\n') /* 7.5 */
        bytes = slice_from(bytes, 1);
    if (bytes.len > SIP_MESSAGE_MAX) {
        bytes.len = SIP_MESSAGE_MAX;
        scan.too_large = true;
        scan_refuse(&scan, "Message Too Large");
    }
    clear(message, bytes);
    size_t at = line_end(&scan, 0, &line);
    if (slice_starts_same(line, SLICE("SIP/")))
        status_line(&scan, line);
    else
        request_line(&scan, line);
    if (scan.foreign)
        return (struct scan_result){SCAN_SILENT, 400, "Not SIP"};
    header_lines(&scan, at);
    scan_fields(&scan);
    return verdict(&scan);
}

size_t scan_mend(const struct sip_message *message, char out[SCAN_MENDED_MAX]) {
    struct slice bytes = message->bytes;
    size_t length = 0;
    for (size_t i = 0; i < bytes.len && length < SCAN_MENDED_MAX; i++) {
        if (i < message->body && bytes.at[i] == '\n' && (i == 0 || bytes.at[i - 1] != '\r'))
            out[length++] = '\r';
        if (length < SCAN_MENDED_MAX)
            out[length++] = bytes.at[i];
    }
    return length;
}

struct slice scan_value(const struct sip_message *message, unsigned header) {
    const struct sip_header *line = &message->headers[header];
    return slice_cut(message->bytes, line->value, (size_t)line->value + line->value_length);
}

int scan_next(const struct sip_message *message, enum header id, int from) {
    if (id != HEADER_OTHER && !message->first[id])
        return -1;
    for (unsigned line = (unsigned)(from + 1); line < message->header_count; line++)
        if (message->headers[line].id == id)
            return (int)line;
    return -1;
}

int scan_next_named(const struct sip_message *message, struct slice name, int from) {
    for (unsigned line = (unsigned)(from + 1); line < message->header_count; line++) {
        const struct sip_header *header = &message->headers[line];
        if (slice_same(slice_cut(message->bytes, header->name, (size_t)header->name + header->name_length), name))
            return (int)line;
    }
    return -1;
}
