/* SPDX-License-Identifier: MIT */
#include "runtime/sip/scan_fields.h"

#include "runtime/sip/uri.h"

#include <string.h>

/* What the message has of a header that every response carries again. False: it was refused. */
static bool needed_value(struct scan *scan, enum header id, const char *missing, const char *too_long,
                         struct slice *value) {
    const struct sip_message *message = scan->message;
    if (message->first[id])
        *value = scan_value(message, message->first[id] - 1u);
    if (!message->first[id] || value->len > SIP_VALUE_MAX) {
        scan_refuse(scan, message->first[id] ? too_long : missing);
        return false;
    }
    return true;
}

static bool other_value(const struct sip_message *message, enum header id, struct slice *value) {
    if (message->first[id])
        *value = scan_value(message, message->first[id] - 1u);
    return message->first[id] != 0;
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
        scan_refuse(scan, "NUL in Start-Line");
    for (unsigned line = 0; line < message->header_count; line++)
        if (!every_nul_is_quoted(scan_value(message, line)))
            scan_refuse(scan, "NUL in Header");
}

/* The bound on parameters, for the headers whose values somebody takes apart: those with addresses (separated by ';',
 * also inside the URI), those with credentials or challenges, and Proxy-Require, whose values a 420 repeats (separated
 * by ','). Linear, quotes respected. */
static bool check_params(struct scan *scan, enum header id, struct slice value) {
    bool commas = id == HEADER_AUTHORIZATION || id == HEADER_PROXY_AUTHORIZATION || id == HEADER_WWW_AUTHENTICATE ||
                  id == HEADER_PROXY_AUTHENTICATE || id == HEADER_PROXY_REQUIRE;
    bool brackets = false;
    unsigned count = 0;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.at[i];
        if (c == '"' && !brackets) {
            i = quoted_end(value, i) - 1;
            if (i == value.len)
                scan_refuse(scan, "Unbalanced Quotes");
        } else if (!commas && (c == '<' || c == '>')) {
            brackets = c == '<';
            if (id == HEADER_VIA) /* no brackets there: who took them for some would count other values */
                scan_refuse(scan, "Malformed Via");
        } else if (c == ',' && !commas && !brackets) {
            count = 0;
        } else if (c == (commas ? ',' : ';') && ++count > SIP_PARAMS_MAX) {
            scan_refuse(scan, "Too Many Parameters");
            return false;
        }
    }
    return true;
}

static void scan_address(struct scan *scan, enum header id, struct slice *tag) {
    bool from = id == HEADER_FROM;
    const char *malformed = from ? "Malformed From" : "Malformed To";
    struct sip_name_addr address;
    struct slice value, name, text;
    unsigned tags = 0;
    *tag = SLICE_NULL;
    if (!needed_value(scan, id, from ? "Missing From" : "Missing To", from ? "From Too Long" : "To Too Long", &value) ||
        !check_params(scan, id, value))
        return;
    if (name_addr_parse(&address, value)) {
        scan_refuse(scan, malformed);
        return;
    }
    for (size_t at = 0; at < address.params.len && param_next(address.params, &at, &name, &text);) {
        if (!slice_same(name, SLICE("tag")))
            continue;
        *tag = text;
        if (++tags > 1 || !scan_is_token(text))
            scan_refuse(scan, malformed);
    }
}

/* callid = word [ "@" word ]; any visible character passes: it is compared, never read. */
static void scan_call_id(struct scan *scan) {
    struct slice value;
    if (!needed_value(scan, HEADER_CALL_ID, "Missing Call-ID", "Call-ID Too Long", &value))
        return;
    scan->message->call_id = value;
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.at[i] <= ' ' || value.at[i] == 127)
            scan_refuse(scan, "Malformed Call-ID");
    if (value.len == 0)
        scan_refuse(scan, "Malformed Call-ID");
}

static void scan_cseq(struct scan *scan) {
    struct sip_message *message = scan->message;
    struct slice value;
    uint64_t number;
    if (!needed_value(scan, HEADER_CSEQ, "Missing CSeq", "CSeq Too Long", &value))
        return;
    size_t digits = scan_digits(value, 0);
    struct slice rest = slice_from(value, digits), method = slice_trim(rest);
    if (!slice_number(slice_cut(value, 0, digits), INT32_MAX, &number) || method.len == rest.len ||
        !scan_is_token(method)) {
        scan_refuse(scan, "Malformed CSeq"); /* 8.1.1.5: below 2**31 */
        return;
    }
    message->cseq = (uint32_t)number;
    message->cseq_method = method;
    if (!message->request)
        message->method = method_named(method);
    else if (!slice_equal(method, message->method_name))
        scan_refuse(scan, "CSeq Method Mismatch");
}

static void scan_max_forwards(struct scan *scan) {
    struct slice value;
    uint64_t number;
    if (!other_value(scan->message, HEADER_MAX_FORWARDS, &value))
        return;
    if (slice_number(value, 255, &number)) /* 20.22 */
        scan->message->max_forwards = (int)number;
    else
        scan_refuse(scan, "Malformed Max-Forwards");
}

/* 18.3: what stands behind the body in a datagram is not part of it; a body that is cut short is an error. */
static void scan_content_length(struct scan *scan) {
    struct sip_message *message = scan->message;
    struct slice value;
    uint64_t number;
    if (!other_value(message, HEADER_CONTENT_LENGTH, &value))
        return;
    if (!slice_number(value, UINT32_MAX, &number))
        scan_refuse(scan, "Malformed Content-Length");
    else if (number > message->bytes.len - message->body)
        scan_refuse(scan, "Content-Length Exceeds Message");
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
        case HEADER_PROXY_REQUIRE:
            check_params(scan, (enum header)message->headers[line].id, scan_value(message, line));
            break;
        default: break;
        }
    }
    check_nul(scan);
}

/* Via: 20.42. */

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
        while (*i < s.len &&
               (byte_is_alnum((unsigned char)s.at[*i]) || s.at[*i] == '-' || s.at[*i] == '.' || s.at[*i] == '_'))
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
        *at = start + scan_digits(value, start);
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
    } else if (slice_same(name, SLICE("alias"))) {
        via->alias = true;
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
        scan_refuse(scan, "Missing Via");
        return;
    }
    rest = scan_value(message, (unsigned)line);
    message->via.header = (uint32_t)line;
    const char *start = rest.at;
    if (!list_next(&rest, &value) || value.at != start || value.len > SIP_VALUE_MAX) {
        scan_refuse(scan, "Malformed Via"); /* and nobody knows where a reply would go */
        return;
    }
    message->via.at = (uint32_t)(value.at - message->bytes.at);
    message->via.end = message->via.at + (uint32_t)value.len;
    if (!parse_via(&message->via, value))
        scan_refuse(scan, "Malformed Via");
    for (; line >= 0; line = scan_next(message, HEADER_VIA, line)) {
        unsigned before = message->via_count;
        rest = scan_value(message, (unsigned)line);
        while (list_next(&rest, &value))
            message->via_count++;
        if (message->via_count == before)
            scan_refuse(scan, "Malformed Via"); /* a line without a value */
    }
    if (message->via_count > (message->request ? SIP_VIAS_MAX : SIP_VIAS_MAX + 1))
        scan_refuse(scan, "Too Many Via Values");
}

/* All of them. */

void scan_fields(struct scan *scan) {
    struct sip_message *message = scan->message;
    scan_via(scan);
    scan_address(scan, HEADER_FROM, &message->from_tag);
    scan_address(scan, HEADER_TO, &message->to_tag);
    scan_call_id(scan);
    scan_cseq(scan);
    if (message->request)
        scan_max_forwards(scan);
    scan_content_length(scan);
    check_lines(scan);
}
