/* SPDX-License-Identifier: MIT */
/* What stands around a URI in a header: display name, brackets, parameters, lists. Blanks are RFC 3261's LWS, so that a
 * folded value can be read as it came. */
#include "runtime/sip/uri.h"

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

size_t blanks_end(struct slice s, size_t i) {
    while (i < s.len && is_blank(s.at[i]))
        i++;
    return i;
}

size_t token_end(struct slice s, size_t i) {
    while (i < s.len && byte_is_token((unsigned char)s.at[i]))
        i++;
    return i;
}

size_t quoted_end(struct slice s, size_t i) {
    for (i++; i < s.len; i++) {
        if (s.at[i] == '"')
            return i + 1;
        if (s.at[i] == '\\')
            i++;
    }
    return s.len + 1;
}

bool param_next(struct slice s, size_t *at, struct slice *name, struct slice *value) {
    size_t start = blanks_end(s, *at + 1), end;
    *at = start;
    while (*at < s.len && s.at[*at] != ';' && s.at[*at] != '=' && !is_blank(s.at[*at]))
        ++*at;
    end = *at;
    *name = slice_cut(s, start, end);
    *value = slice_cut(s, end, end);
    *at = blanks_end(s, *at);
    if (start == end)
        return false;
    if (*at < s.len && s.at[*at] == '=') {
        start = *at = blanks_end(s, *at + 1);
        if (start < s.len && s.at[start] == '"')
            *at = quoted_end(s, start);
        else
            while (*at < s.len && s.at[*at] != ';' && !is_blank(s.at[*at]))
                ++*at;
        if (*at == start || *at > s.len) {
            *at = start;
            return false;
        }
        *value = slice_cut(s, start, *at);
        *at = blanks_end(s, *at);
    }
    return *at == s.len || s.at[*at] == ';';
}

/* The name of a URI parameter may come in escapes (RFC 3261 19.1.4): "%6Cr" is lr. */
static bool same_name(struct slice written, struct slice name) {
    size_t i = 0, n = 0;
    for (; i < written.len && n < name.len; n++) {
        int high = i + 2 < written.len && written.at[i] == '%' ? byte_hex_value((unsigned char)written.at[i + 1]) : -1;
        int low = high >= 0 ? byte_hex_value((unsigned char)written.at[i + 2]) : -1;
        char c = low >= 0 ? (char)(high * 16 + low) : written.at[i];
        i += low >= 0 ? 3 : 1;
        if (byte_lower((unsigned char)c) != byte_lower((unsigned char)name.at[n]))
            return false;
    }
    return i == written.len && n == name.len;
}

bool uri_param(struct slice params, struct slice name, struct slice *value) {
    struct slice found;
    for (size_t at = blanks_end(params, 0); at < params.len && params.at[at] == ';';) {
        bool sound = param_next(params, &at, &found, value);
        if (found.len && same_name(found, name))
            return true;
        if (!sound)
            at = slice_find(params, at, ';');
    }
    *value = SLICE_NULL;
    return false;
}

bool param_is_generic(struct slice name, struct slice value) {
    if (token_end(name, 0) != name.len)
        return false;
    if (value.len && value.at[0] == '"')
        return true;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.at[i];
        if (!byte_is_token((unsigned char)c) && c != ':' && c != '[' && c != ']')
            return false;
    }
    return true;
}

/* *( SEMI generic-param ) to the end of s. 0, or the place of what is wrong. */
static size_t check_params(struct slice s, size_t at) {
    while (at < s.len) {
        struct slice name, value;
        size_t start = at;
        if (s.at[at] != ';')
            return at + 1;
        if (!param_next(s, &at, &name, &value))
            return at + 1;
        if (!param_is_generic(name, value))
            return blanks_end(s, start + 1) + 1;
    }
    return 0;
}

/* Behind the display name: the '<', or `at` itself when what stands there is no display name. Bytes above 127 pass
 * outside quotes: the ABNF wants quotes around them, telephones leave them out, and they can mean nothing else. */
static size_t skip_display(struct slice s, size_t at) {
    size_t i = at;
    if (i < s.len && s.at[i] == '"') {
        i = blanks_end(s, quoted_end(s, i));
        return i < s.len && s.at[i] == '<' ? i : at;
    }
    while (i < s.len && (byte_is_token((unsigned char)s.at[i]) || (unsigned char)s.at[i] > 127 || is_blank(s.at[i])))
        i++;
    return i < s.len && s.at[i] == '<' ? i : at;
}

/* The end of a URI that starts at `at`. Its grammar is uri_parse's; here it only has to have an end that nobody can see
 * elsewhere. Without brackets comma, question mark and semicolon are not part of it (20.10). */
static size_t skip_uri(struct slice s, size_t at, bool brackets) {
    for (; at < s.len; at++) {
        unsigned char c = (unsigned char)s.at[at];
        if (c <= ' ' || c >= 127 || c == '<' || c == '>' || c == '"')
            break;
        if (!brackets && (c == ';' || c == ',' || c == '?'))
            break;
    }
    return at;
}

size_t name_addr_parse(struct sip_name_addr *address, struct slice text) {
    size_t start = blanks_end(text, 0), at = skip_display(text, start);
    *address = (struct sip_name_addr){.display = slice_trim(slice_cut(text, start, at))};
    address->brackets = at < text.len && text.at[at] == '<';
    start = at + address->brackets;
    at = skip_uri(text, start, address->brackets);
    address->uri = slice_cut(text, start, at);
    size_t colon = uri_scheme_end(address->uri);
    if (colon == 0 || colon + 1 >= address->uri.len || address->uri.at[colon] != ':') /* or nothing behind it */
        return start + 1;
    if (address->brackets && (at == text.len || text.at[at] != '>'))
        return at + 1;
    at = blanks_end(text, at + address->brackets);
    address->params = slice_trim(slice_from(text, at));
    return check_params(slice_cut(text, 0, at + address->params.len), at);
}

/* Comments are no part of this: no header whose values are a list of interest here has them, and a parenthesis may
 * stand alone in a user part. */
bool list_next(struct slice *rest, struct slice *value) {
    size_t at = 0;
    while (at < rest->len && (is_blank(rest->at[at]) || rest->at[at] == ','))
        at++;
    size_t start = at;
    bool brackets = false;
    while (at < rest->len && (brackets || rest->at[at] != ',')) {
        char c = rest->at[at];
        if (c == '"' && !brackets) {
            at = quoted_end(*rest, at);
            continue;
        }
        if (c == '<' || c == '>')
            brackets = c == '<';
        at++;
    }
    *value = slice_trim(slice_cut(*rest, start, at));
    *rest = slice_from(*rest, at);
    return value->len != 0;
}

bool list_has(struct slice list, struct slice tag) {
    struct slice one;
    while (list_next(&list, &one))
        if (slice_same(one, tag))
            return true;
    return false;
}
