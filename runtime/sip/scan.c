/* SPDX-License-Identifier: MIT */
#include "runtime/sip/scan.h"

#include "runtime/sip/uri.h"

#include <string.h>

struct scan {
    struct sip_message *message;
    const char *fault;   /* the first thing that breaks the fence: 400 */
    bool foreign;        /* not SIP at all */
    bool other_version;  /* SIP, not 2.0: 505 */
};

static void refuse(struct scan *scan, const char *reason) {
    if (!scan->fault)
        scan->fault = reason;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_token(struct slice s) {
    for (size_t i = 0; i < s.len; i++)
        if (!byte_is_token((unsigned char)s.at[i]))
            return false;
    return s.len != 0;
}

/* --- start line: 7.1, 7.2 ---------------------------------------------------------------------------------- */

static size_t count_digits(struct slice s, size_t i) {
    size_t start = i;
    while (i < s.len && byte_is_digit((unsigned char)s.at[i]))
        i++;
    return i - start;
}

/* SIP-Version: "SIP/" 1*DIGIT "." 1*DIGIT, any letter case. */
static bool is_version(struct slice s) {
    if (!slice_starts_same(s, SLICE("SIP/")))
        return false;
    size_t major = count_digits(s, 4), dot = 4 + major;
    return major && dot < s.len && s.at[dot] == '.' && count_digits(s, dot + 1) &&
           dot + 1 + count_digits(s, dot + 1) == s.len;
}

static void status_line(struct scan *scan, struct slice line) {
    struct sip_message *message = scan->message;
    uint64_t code;
    message->request = false;
    if (line.len < 12 || !slice_starts_same(line, SLICE("SIP/2.0 ")) || line.at[11] != ' ' ||
        !slice_number(slice_cut(line, 8, 11), 699, &code) || code < 100) {
        refuse(scan, "Malformed Status-Line");
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
        refuse(scan, "Malformed Request-URI");
        return;
    }
    if (uri.scheme != URI_OTHER && uri.headers.len) /* 19.1.1: never in a Request-URI */
        refuse(scan, "Headers in Request-URI");
    unsigned count = 0;
    for (; at < uri.params.len && count <= SIP_PARAMS_MAX; at = slice_find(uri.params, at + 1, ';'))
        count++;
    if (count > SIP_PARAMS_MAX)
        refuse(scan, "Too Many Parameters");
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
    if (!is_token(message->method_name) || !is_version(version)) /* one blank each, none behind: 7.1 */
        refuse(scan, "Malformed Request-Line");
    else if (!slice_equal(slice_from(version, 4), SLICE("2.0")))
        scan->other_version = true;
    request_uri(scan);
}

/* --- header lines: 7.3 ------------------------------------------------------------------------------------- */

/* The line from `at`: its end with the line end, and its text. A bare LF ends a line as CRLF does: nearly every stack
 * reads it so, and nothing is rewritten. A CR alone would be a line end to some and text to others. */
static size_t line_end(struct scan *scan, size_t at, struct slice *text) {
    struct slice bytes = scan->message->bytes;
    size_t end = slice_find(bytes, at, '\n');
    *text = slice_cut(bytes, at, end);
    if (end < bytes.len && text->len && text->at[text->len - 1] == '\r')
        text->len--;
    if (text->len && memchr(text->at, '\r', text->len))
        refuse(scan, "Stray Carriage Return");
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
            refuse(scan, "Blank Line in Header");
        text->len = (size_t)(more.at + more.len - text->at);
    }
    return end;
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
        refuse(scan, "Malformed Header Line");
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
    else if (headers[id].flags & HEADER_ONE)
        refuse(scan, "Repeated Header");
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
        if (lines == SIP_HEADERS_MAX) {
            refuse(scan, "Too Many Headers");
            return;
        }
        add_header(scan, at, end, text);
        at = end;
    }
    refuse(scan, "Missing Empty Line");
}

/* --- the values that every message needs ------------------------------------------------------------------- */

struct slice scan_value(const struct sip_message *message, unsigned header) {
    const struct sip_header *line = &message->headers[header];
    return slice_cut(message->bytes, line->value, (size_t)line->value + line->value_length);
}

static bool header_value(const struct sip_message *message, enum header id, struct slice *value) {
    if (!message->first[id])
        return false;
    *value = scan_value(message, message->first[id] - 1u);
    return true;
}

static bool every_nul_is_quoted(struct slice value) {
    bool quoted = false, open = false; /* open: a NUL stands in a string that is not closed yet */
    for (size_t i = 0; i < value.len; i++) {
        if (quoted && value.at[i] == '\\')
            i++;
        else if (value.at[i] == '"') {
            quoted = !quoted;
            open = false;
        }
        if (i < value.len && value.at[i] == '\0') {
            if (!quoted)
                return false;
            open = true;
        }
    }
    return !open;
}

/* NUL only inside a quoted string (as RFC 4475 3.1.1.2 has it): elsewhere it ends the text for whoever reads C strings.
 */
static void check_nul(struct scan *scan) {
    struct sip_message *message = scan->message;
    if (!memchr(message->bytes.at, '\0', message->body))
        return;
    size_t start = message->header_count ? message->headers[0].at : message->body;
    if (memchr(message->bytes.at, '\0', start))
        refuse(scan, "NUL in Start-Line");
    for (unsigned line = 0; line < message->header_count; line++)
        if (!every_nul_is_quoted(scan_value(message, line)))
            refuse(scan, "NUL in Header");
}

/* The bound on parameters, for the headers whose values somebody takes apart: those with addresses (separated by ';',
 * also inside the URI) and those with credentials or challenges (separated by ','). Linear, quotes respected. */
static bool check_params(struct scan *scan, enum header id, struct slice value) {
    bool credentials = id == HEADER_AUTHORIZATION || id == HEADER_PROXY_AUTHORIZATION ||
                       id == HEADER_WWW_AUTHENTICATE || id == HEADER_PROXY_AUTHENTICATE;
    bool brackets = false;
    unsigned count = 0;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.at[i];
        if (c == '"' && !brackets) {
            i = quoted_end(value, i) - 1;
            if (i == value.len)
                refuse(scan, "Unbalanced Quotes");
        } else if (c == '<' || c == '>')
            brackets = c == '<';
        else if (c == ',' && !credentials && !brackets)
            count = 0;
        else if (c == (credentials ? ',' : ';') && ++count > SIP_PARAMS_MAX) {
            refuse(scan, "Too Many Parameters");
            return false;
        }
    }
    return true;
}

static void scan_address(struct scan *scan, enum header id, struct slice *tag, const char *missing,
                         const char *malformed) {
    struct sip_name_addr address;
    struct slice value, name, text;
    unsigned tags = 0;
    *tag = SLICE_NULL;
    if (!header_value(scan->message, id, &value)) {
        refuse(scan, missing);
        return;
    }
    if (!check_params(scan, id, value))
        return;
    if (name_addr_parse(&address, value)) {
        refuse(scan, malformed);
        return;
    }
    for (size_t at = 0; at < address.params.len && param_next(address.params, &at, &name, &text);) {
        if (!slice_same(name, SLICE("tag")))
            continue;
        *tag = text;
        if (++tags > 1 || !is_token(text))
            refuse(scan, malformed);
    }
}

/* callid = word [ "@" word ]; any visible character passes: it is compared, never read. */
static void scan_call_id(struct scan *scan) {
    struct slice value;
    if (!header_value(scan->message, HEADER_CALL_ID, &value)) {
        refuse(scan, "Missing Call-ID");
        return;
    }
    scan->message->call_id = value;
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.at[i] <= ' ' || value.at[i] == 127)
            refuse(scan, "Malformed Call-ID");
    if (value.len == 0)
        refuse(scan, "Malformed Call-ID");
}

static void scan_cseq(struct scan *scan) {
    struct sip_message *message = scan->message;
    struct slice value;
    uint64_t number;
    if (!header_value(message, HEADER_CSEQ, &value)) {
        refuse(scan, "Missing CSeq");
        return;
    }
    size_t digits = count_digits(value, 0);
    struct slice rest = slice_from(value, digits), method = slice_trim(rest);
    if (!slice_number(slice_cut(value, 0, digits), INT32_MAX, &number) || method.len == rest.len ||
        !is_token(method)) {
        refuse(scan, "Malformed CSeq"); /* 8.1.1.5: below 2**31 */
        return;
    }
    message->cseq = (uint32_t)number;
    message->cseq_method = method;
    if (!message->request)
        message->method = method_named(method);
    else if (!slice_equal(method, message->method_name))
        refuse(scan, "CSeq Method Mismatch");
}

static void scan_max_forwards(struct scan *scan) {
    struct slice value;
    uint64_t number;
    if (!header_value(scan->message, HEADER_MAX_FORWARDS, &value))
        return;
    if (slice_number(value, 255, &number)) /* 20.22 */
        scan->message->max_forwards = (int)number;
    else
        refuse(scan, "Malformed Max-Forwards");
}

/* 18.3: what stands behind the body in a datagram is not part of it; a body that is cut short is an error. */
static void scan_content_length(struct scan *scan) {
    struct sip_message *message = scan->message;
    struct slice value;
    uint64_t number;
    if (!header_value(message, HEADER_CONTENT_LENGTH, &value))
        return;
    if (!slice_number(value, UINT32_MAX, &number))
        refuse(scan, "Malformed Content-Length");
    else if (number > message->bytes.len - message->body)
        refuse(scan, "Content-Length Exceeds Message");
    else
        message->bytes.len = message->body + (size_t)number;
}

/* From and To were bounded before they were read; the top Via is while it is. */
static void check_lines(struct scan *scan) {
    struct sip_message *message = scan->message;
    for (unsigned line = 0; line < message->header_count; line++) {
        switch (message->headers[line].id) {
        case HEADER_VIA:
        case HEADER_CONTACT:
        case HEADER_ROUTE:
        case HEADER_RECORD_ROUTE:
        case HEADER_PATH:
        case HEADER_REFER_TO:
        case HEADER_REFERRED_BY:
        case HEADER_AUTHORIZATION:
        case HEADER_PROXY_AUTHORIZATION:
        case HEADER_WWW_AUTHENTICATE:
        case HEADER_PROXY_AUTHENTICATE:
            check_params(scan, (enum header)message->headers[line].id, scan_value(message, line));
            break;
        default: break;
        }
    }
    check_nul(scan);
}

/* --- Via: 20.42 -------------------------------------------------------------------------------------------- */

static struct slice take_token(struct slice s, size_t *i) {
    size_t start = *i;
    while (*i < s.len && byte_is_token((unsigned char)s.at[*i]))
        ++*i;
    return slice_cut(s, start, *i);
}

static bool take_slash(struct slice s, size_t *i) {
    *i = blanks_end(s, *i);
    if (*i == s.len || s.at[*i] != '/')
        return false;
    *i = blanks_end(s, *i + 1);
    return true;
}

/* A host name, with the underscores that people put in, or an address; brackets as they come. */
static struct slice take_host(struct slice s, size_t *i) {
    size_t start = *i;
    if (start < s.len && s.at[start] == '[') {
        struct ip_address ip;
        size_t close = slice_find(s, start, ']');
        if (close == s.len || !ip_parse(&ip, slice_cut(s, start, close + 1)))
            return SLICE_EMPTY;
        *i = close + 1;
    } else {
        while (*i < s.len && (byte_is_alnum((unsigned char)s.at[*i]) || s.at[*i] == '-' || s.at[*i] == '.' ||
                              s.at[*i] == '_'))
            ++*i;
    }
    return slice_cut(s, start, *i);
}

static bool sent_by(struct sip_via *via, struct slice value, size_t *at) {
    uint64_t port = 0;
    struct slice name = take_host(value, at);
    if (name.len == 0)
        return false;
    *at = blanks_end(value, *at);
    if (*at < value.len && value.at[*at] == ':') {
        size_t start = blanks_end(value, *at + 1);
        *at = start + count_digits(value, start);
        if (!slice_number(slice_cut(value, start, *at), UINT16_MAX, &port) || port == 0)
            return false;
        *at = blanks_end(value, *at);
    }
    via->host = name;
    via->port = (uint16_t)port;
    return true;
}

static bool is_port(struct slice text) {
    uint64_t port;
    return slice_number(text, UINT16_MAX, &port);
}

/* Stores a parameter that matters; false when it is repeated or malformed. */
static bool via_param(struct sip_via *via, struct slice name, struct slice text) {
    struct slice *field = slice_same(name, SLICE("branch"))     ? &via->branch
                          : slice_same(name, SLICE("received")) ? &via->received
                          : slice_same(name, SLICE("maddr"))    ? &via->maddr
                                                                : NULL;
    if (field) {
        if (field->at || text.len == 0)
            return false;
        *field = text;
    } else if (slice_same(name, SLICE("rport"))) {
        if (via->rport || (text.len && !is_port(text)))
            return false;
        via->rport = true;
    }
    return param_is_generic(name, text);
}

static bool parse_via(struct sip_via *via, struct slice value) {
    static const struct slice magic = {"z9hG4bK", 7};
    size_t at = 0;
    struct slice name, text;
    if (take_token(value, &at).len == 0 || !take_slash(value, &at) || take_token(value, &at).len == 0 ||
        !take_slash(value, &at))
        return false;
    via->transport = take_token(value, &at);
    size_t start = blanks_end(value, at);
    if (via->transport.len == 0 || start == at || !sent_by(via, value, &start))
        return false;
    at = start;
    for (unsigned count = 0; at < value.len; count++)
        if (value.at[at] != ';' || count == SIP_PARAMS_MAX || !param_next(value, &at, &name, &text) ||
            !via_param(via, name, text))
            return false;
    /* RFC 3261 8.1.1.7; with nothing behind the cookie the branch identifies nothing: RFC 2543's rules then. */
    via->magic = slice_starts_same(via->branch, magic) && via->branch.len > magic.len;
    return true;
}

static void scan_via(struct scan *scan) {
    struct sip_message *message = scan->message;
    struct slice rest, value;
    int line = scan_next(message, HEADER_VIA, -1);
    if (line < 0) {
        refuse(scan, "Missing Via");
        return;
    }
    rest = scan_value(message, (unsigned)line);
    message->via.header = (uint32_t)line;
    const char *start = rest.at;
    if (!list_next(&rest, &value) || value.at != start) {
        refuse(scan, "Malformed Via");
        return;
    }
    message->via.at = (uint32_t)(value.at - message->bytes.at);
    message->via.end = message->via.at + (uint32_t)value.len;
    if (!parse_via(&message->via, value))
        refuse(scan, "Malformed Via");
    for (; line >= 0; line = scan_next(message, HEADER_VIA, line)) {
        rest = scan_value(message, (unsigned)line);
        while (list_next(&rest, &value))
            message->via_count++;
    }
    if (message->via_count > SIP_VIAS_MAX)
        refuse(scan, "Too Many Via Values");
}

/* --- the whole --------------------------------------------------------------------------------------------- */

static struct scan_result verdict(const struct scan *scan) {
    const struct sip_message *message = scan->message;
    if (scan->fault) {
        /* 8.1.1 and 18.2.2: without a Via nobody knows where a reply goes. Responses and ACKs are never answered. */
        bool answer = message->request && message->method != METHOD_ACK && message->via.host.len;
        return (struct scan_result){answer ? SCAN_REFUSED : SCAN_SILENT, 400, scan->fault};
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
        refuse(&scan, "Message Too Large");
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
    scan_via(&scan);
    scan_address(&scan, HEADER_FROM, &message->from_tag, "Missing From", "Malformed From");
    scan_address(&scan, HEADER_TO, &message->to_tag, "Missing To", "Malformed To");
    scan_call_id(&scan);
    scan_cseq(&scan);
    scan_max_forwards(&scan);
    scan_content_length(&scan);
    check_lines(&scan);
    return verdict(&scan);
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
