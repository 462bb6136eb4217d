/* SPDX-License-Identifier: MIT */
#include "runtime/sip/uri.h"

/* What a byte may be part of: RFC 3261 25.1, RFC 2396. Escapes are not in here. */
enum byte_class {
    IN_USER = 1,
    IN_PASSWORD = 2,
    IN_PARAM = 4,
    IN_HEADER = 8,
    IN_OTHER = 16, /* RFC 2396 uric, with the brackets of RFC 2732 */
    IN_HOST = 32,  /* of a name or an IPv4 address */
    RESERVED = 64, /* RFC 2396: its escape means something else than the byte */
};

enum {
    MARK = IN_USER | IN_PASSWORD | IN_PARAM | IN_HEADER | IN_OTHER,
    ALNUM = MARK | IN_HOST,
};

#define FIVE(C)    [C] = ALNUM, [(C) + 1] = ALNUM, [(C) + 2] = ALNUM, [(C) + 3] = ALNUM, [(C) + 4] = ALNUM
#define LETTERS(C) FIVE(C), FIVE((C) + 5), FIVE((C) + 10), FIVE((C) + 15), FIVE((C) + 20), [(C) + 25] = ALNUM

static const uint8_t classes[256] = {
    FIVE('0'),
    FIVE('5'),
    LETTERS('a'),
    LETTERS('A'),
    ['-'] = MARK | IN_HOST,
    ['.'] = MARK | IN_HOST,
    ['_'] = MARK,
    ['!'] = MARK,
    ['~'] = MARK,
    ['*'] = MARK,
    ['\''] = MARK,
    ['('] = MARK,
    [')'] = MARK,
    ['&'] = IN_USER | IN_PASSWORD | IN_PARAM | IN_OTHER | RESERVED,
    ['='] = IN_USER | IN_PASSWORD | IN_OTHER | RESERVED,
    ['+'] = IN_USER | IN_PASSWORD | IN_PARAM | IN_HEADER | IN_OTHER | RESERVED,
    ['$'] = IN_USER | IN_PASSWORD | IN_PARAM | IN_HEADER | IN_OTHER | RESERVED,
    [','] = IN_USER | IN_PASSWORD | IN_OTHER | RESERVED,
    [';'] = IN_USER | IN_OTHER | RESERVED,
    ['?'] = IN_USER | IN_HEADER | IN_OTHER | RESERVED,
    ['/'] = IN_USER | IN_PARAM | IN_HEADER | IN_OTHER | RESERVED,
    [':'] = IN_PARAM | IN_HEADER | IN_OTHER | RESERVED,
    ['@'] = IN_OTHER | RESERVED,
    ['['] = IN_PARAM | IN_HEADER | IN_OTHER,
    [']'] = IN_PARAM | IN_HEADER | IN_OTHER,
};

static bool is(struct slice s, size_t i, unsigned class) {
    return i < s.len && (classes[(unsigned char)s.at[i]] & class);
}

static bool is_byte(struct slice s, size_t i, char byte) {
    return i < s.len && s.at[i] == byte;
}

static bool is_escape(struct slice s, size_t i) {
    return s.len >= 3 && i <= s.len - 3 && s.at[i] == '%' && byte_is_hex((unsigned char)s.at[i + 1]) &&
           byte_is_hex((unsigned char)s.at[i + 2]);
}

static size_t skip(struct slice s, size_t i, unsigned class) {
    while (is(s, i, class))
        i++;
    return i;
}

static size_t skip_escaped(struct slice s, size_t i, unsigned class) {
    for (;;) {
        if (is(s, i, class))
            i++;
        else if (is_escape(s, i))
            i += 3;
        else
            return i;
    }
}

/* Hosts and ports. */

/* domainlabel or, `top`, toplabel: no hyphen at either end. The place of what is wrong in *end. */
static bool label(struct slice name, size_t start, size_t stop, bool top, size_t *end) {
    *end = start;
    if (start == stop || name.at[start] == '-' || (top && byte_is_digit((unsigned char)name.at[start])))
        return false;
    *end = stop - 1;
    return name.at[stop - 1] != '-';
}

static bool host_name(struct slice text, size_t start, size_t stop, size_t *end) {
    size_t last = stop - (stop - start > 1 && text.at[stop - 1] == '.'); /* "example.com." */
    for (size_t at = start, dot; at <= last; at = dot + 1) {
        dot = slice_find(slice_cut(text, 0, last), at, '.');
        if (!label(text, at, dot, dot == last, end))
            return false;
    }
    *end = stop;
    return true;
}

/* The host that starts at `start`: true and where it ends, or false and the place of what is wrong. */
static bool host(struct slice text, size_t start, size_t *end, struct ip_address *ip) {
    *ip = (struct ip_address){0};
    *end = start;
    if (is_byte(text, start, '[')) {
        size_t close = slice_find(text, start, ']');
        struct slice inner = slice_cut(text, start + 1, close);
        if (close == text.len || slice_find(inner, 0, ':') == inner.len || !ip_parse(ip, inner))
            return false;
        *end = close + 1;
        return true;
    }
    enum { NAME_LENGTH_MAX = 255 }; /* RFC 1035 2.3.4 */
    size_t stop = skip(text, start, IN_HOST);
    if (stop == start || stop - start > NAME_LENGTH_MAX)
        return false;
    if (ip_parse(ip, slice_cut(text, start, stop))) {
        *end = stop;
        return true;
    }
    return host_name(text, start, stop, end);
}

/* `*at` is behind the colon. */
static bool port(struct sip_uri *uri, size_t *at) {
    size_t stop = *at;
    uint64_t number;
    while (stop < uri->text.len && byte_is_digit((unsigned char)uri->text.at[stop]))
        stop++;
    if (!slice_number(slice_cut(uri->text, *at, stop), UINT16_MAX, &number) || number == 0)
        return false;
    uri->port = (uint16_t)number;
    uri->port_given = true;
    *at = stop;
    return true;
}

/* URIs. */

/* *( ";" pname [ "=" pvalue ] ) from *at. */
static bool params(struct slice text, size_t *at) {
    while (is_byte(text, *at, ';')) {
        size_t start = *at + 1;
        *at = skip_escaped(text, start, IN_PARAM);
        if (*at == start)
            return false;
        if (is_byte(text, *at, '=')) {
            start = *at + 1;
            *at = skip_escaped(text, start, IN_PARAM);
            if (*at == start)
                return false;
        }
    }
    return true;
}

/* "?" header *( "&" header ) from *at. */
static bool headers_part(struct slice text, size_t *at) {
    if (!is_byte(text, *at, '?'))
        return true;
    do {
        size_t start = *at + 1;
        *at = skip_escaped(text, start, IN_HEADER);
        if (*at == start || !is_byte(text, *at, '='))
            return false;
        *at = skip_escaped(text, *at + 1, IN_HEADER);
    } while (is_byte(text, *at, '&'));
    return true;
}

/* The user part when there is one; *at moves behind its '@'. An unescaped '@' can stand nowhere else. */
static bool userinfo(struct sip_uri *uri, size_t *at) {
    size_t sign = slice_find(uri->text, *at, '@');
    if (sign == uri->text.len)
        return true;
    size_t start = *at;
    *at = skip_escaped(uri->text, start, IN_USER);
    if (*at == start)
        return false;
    uri->user = slice_cut(uri->text, start, *at);
    if (is_byte(uri->text, *at, ':')) {
        start = *at + 1;
        *at = skip_escaped(uri->text, start, IN_PASSWORD);
        uri->password = slice_cut(uri->text, start, *at);
    }
    if (*at != sign)
        return false;
    *at = sign + 1;
    return true;
}

/* hostport from `at`: *end is behind it, or the place of what is wrong. */
static bool hostport(struct sip_uri *uri, size_t at, size_t *end) {
    if (!host(uri->text, at, end, &uri->ip))
        return false;
    uri->host = slice_cut(uri->text, at, *end);
    if (!is_byte(uri->text, *end, ':'))
        return true;
    ++*end;
    return port(uri, end);
}

static size_t parse_sip(struct sip_uri *uri, size_t at, unsigned options) {
    struct slice text = uri->text;
    if (!userinfo(uri, &at))
        return at + 1;
    size_t end = at;
    uri->host = slice_cut(text, at, at);
    bool no_host = at == text.len || text.at[at] == ';';
    if (!(no_host && uri->user.at && (options & URI_EMPTY_HOST)) && !hostport(uri, at, &end))
        return end + 1;
    at = end;
    if (!params(text, &end))
        return end + 1;
    uri->params = slice_cut(text, at, end);
    at = end;
    if (!headers_part(text, &end))
        return end + 1;
    uri->headers = slice_cut(text, at, end);
    return end == text.len ? 0 : end + 1;
}

/* RFC 3966: a global or a local number, then parameters. A local one without its phone-context passes: the field is
 * full of "tel:112". */
static size_t parse_tel(struct sip_uri *uri, size_t at) {
    struct slice text = uri->text;
    bool global = is_byte(text, at, '+'), digit = false;
    size_t end = at + global;
    for (; end < text.len; end++) {
        unsigned char c = (unsigned char)text.at[end];
        if (byte_is_digit(c) || (!global && (byte_is_hex(c) || c == '*' || c == '#')))
            digit = true;
        else if (c != '-' && c != '.' && c != '(' && c != ')')
            break;
    }
    if (!digit)
        return end + 1;
    uri->user = slice_cut(text, at, end);
    uri->host = slice_cut(text, end, end);
    at = end;
    if (!params(text, &end))
        return end + 1;
    uri->params = slice_cut(text, at, end);
    uri->headers = slice_cut(text, end, end);
    return end == text.len ? 0 : end + 1;
}

static size_t parse_other(struct sip_uri *uri, size_t at) {
    size_t end = skip_escaped(uri->text, at, IN_OTHER);
    uri->host = uri->params = uri->headers = slice_cut(uri->text, end, end);
    return end == uri->text.len && end > at ? 0 : end + 1;
}

size_t uri_scheme_end(struct slice text) {
    size_t end = 0;
    if (text.len == 0 || !byte_is_alpha((unsigned char)text.at[0]))
        return 0;
    while (is(text, end, IN_HOST) || is_byte(text, end, '+'))
        end++;
    return end;
}

size_t uri_parse(struct sip_uri *uri, struct slice text, unsigned options) {
    *uri = (struct sip_uri){.text = text, .scheme = URI_OTHER};
    size_t colon = uri_scheme_end(text);
    if (colon == 0)
        return 1;
    if (!is_byte(text, colon, ':'))
        return colon + 1;
    uri->scheme_name = slice_cut(text, 0, colon);
    if (slice_same(uri->scheme_name, SLICE("sip")))
        uri->scheme = URI_SIP;
    else if (slice_same(uri->scheme_name, SLICE("sips")))
        uri->scheme = URI_SIPS;
    else if (slice_same(uri->scheme_name, SLICE("tel")))
        uri->scheme = URI_TEL;
    switch (uri->scheme) {
    case URI_SIP:
    case URI_SIPS: return parse_sip(uri, colon + 1, options);
    case URI_TEL: return parse_tel(uri, colon + 1);
    case URI_OTHER: break;
    }
    return parse_other(uri, colon + 1);
}

struct slice host_without_root(struct slice host) {
    return host.len > 1 && host.at[host.len - 1] == '.' ? slice_cut(host, 0, host.len - 1) : host;
}

size_t uri_hostport(struct sip_uri *uri, struct slice text) {
    size_t end;
    *uri = (struct sip_uri){.text = text, .scheme = URI_SIP, .params = SLICE_EMPTY, .headers = SLICE_EMPTY};
    return hostport(uri, 0, &end) && end == text.len ? 0 : end + 1;
}

/* Equality: 19.1.4. */

/* The next character of a part of a URI. An escape is the character it stands for, unless that one is reserved: then
 * it is itself and nothing else. */
static unsigned character(struct slice s, size_t *i) {
    if (!is_escape(s, *i))
        return (unsigned char)s.at[(*i)++];
    unsigned c = (unsigned)byte_hex_value((unsigned char)s.at[*i + 1]) * 16u +
                 (unsigned)byte_hex_value((unsigned char)s.at[*i + 2]);
    *i += 3;
    return classes[c] & RESERVED ? 256 + c : c;
}

static unsigned folded(unsigned c) {
    return c < 256 ? (unsigned char)byte_lower((unsigned char)c) : c;
}

static bool part_equal(struct slice a, struct slice b, bool fold) {
    size_t i = 0, j = 0;
    if (!a.at != !b.at)
        return false;
    while (i < a.len && j < b.len) {
        unsigned x = character(a, &i), y = character(b, &j);
        if (fold ? folded(x) != folded(y) : x != y)
            return false;
    }
    return i == a.len && j == b.len;
}

/* One "name" or "name=value" of a list whose items stand behind `separator`: ';' or, in the headers, '?' and '&'. */
static bool item_next(struct slice *rest, char separator, struct slice *name, struct slice *value) {
    if (rest->len == 0)
        return false;
    size_t end = slice_find(*rest, 1, separator), sign = slice_find(slice_cut(*rest, 0, end), 1, '=');
    *name = slice_cut(*rest, 1, sign);
    *value = slice_cut(*rest, sign + 1, end);
    *rest = slice_from(*rest, end);
    return true;
}

static bool item_find(struct slice list, char separator, struct slice name, struct slice *value) {
    struct slice found;
    while (item_next(&list, separator, &found, value))
        if (part_equal(found, name, true))
            return true;
    return false;
}

enum {
    COMPARED_MAX = 16
}; /* items of a list; longer ones are equal byte for byte or not at all: comparing is quadratic */

static unsigned count_items(struct slice list, char separator) {
    unsigned count = 0;
    for (size_t at = 0; at < list.len; at = slice_find(list, at + 1, separator))
        count++;
    return count;
}

/* Every item of `a` is in `b` with the same value. Items of `a` alone do not matter unless `all`, or when their name
 * changes where or how a request goes. */
static bool items_agree(struct slice a, struct slice b, char separator, bool all) {
    struct slice name, value, other;
    while (item_next(&a, separator, &name, &value)) {
        if (item_find(b, separator, name, &other)) {
            if (!part_equal(value, other, true))
                return false;
        } else if (all || choice_named("user|ttl|method|maddr|transport", name) >= 0) {
            return false;
        }
    }
    return true;
}

static bool lists_equal(struct slice a, struct slice b, char separator, bool all) {
    unsigned count = count_items(a, separator), others = count_items(b, separator);
    if (count > COMPARED_MAX || others > COMPARED_MAX)
        return slice_equal(a, b);
    return (!all || count == others) && items_agree(a, b, separator, all) && items_agree(b, a, separator, all);
}

/* RFC 3966 5: visual separators do not count. */
static bool numbers_equal(struct slice a, struct slice b) {
    size_t i = 0, j = 0;
    for (;; i++, j++) {
        while (i < a.len && (a.at[i] == '-' || a.at[i] == '.' || a.at[i] == '(' || a.at[i] == ')'))
            i++;
        while (j < b.len && (b.at[j] == '-' || b.at[j] == '.' || b.at[j] == '(' || b.at[j] == ')'))
            j++;
        if (i == a.len || j == b.len)
            return i == a.len && j == b.len;
        if (byte_lower((unsigned char)a.at[i]) != byte_lower((unsigned char)b.at[j]))
            return false;
    }
}

static bool hosts_equal(const struct sip_uri *a, const struct sip_uri *b) {
    if (a->ip.family && b->ip.family)
        return ip_equal(&a->ip, &b->ip);
    return slice_same(a->host, b->host);
}

bool uri_equal(const struct sip_uri *a, const struct sip_uri *b) {
    if (a->text.at && slice_equal(a->text, b->text)) /* one with a parameter twice, too */
        return true;
    if (a->scheme != b->scheme)
        return false;
    if (a->scheme == URI_OTHER)
        return slice_same(a->scheme_name, b->scheme_name) &&
               slice_equal(slice_from(a->text, a->scheme_name.len), slice_from(b->text, b->scheme_name.len));
    if (a->scheme == URI_TEL)
        return numbers_equal(a->user, b->user) && lists_equal(a->params, b->params, ';', true);
    return part_equal(a->user, b->user, false) && part_equal(a->password, b->password, false) && hosts_equal(a, b) &&
           a->port_given == b->port_given && a->port == b->port && lists_equal(a->params, b->params, ';', false) &&
           lists_equal(a->headers, b->headers, '&', true);
}
