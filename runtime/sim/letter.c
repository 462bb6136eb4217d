/* SPDX-License-Identifier: MIT */
#include "runtime/sim/letter.h"

#include <string.h>

#include "grammar/protocol.h"

enum { HEADERS_MAX = 400 };

/* The line at *rest without its end (CRLF or LF); false: nothing is left. */
static bool next_line(struct slice *rest, struct slice *line, bool *bare) {
    if (rest->len == 0)
        return false;
    size_t end = slice_find(*rest, 0, '\n');
    *line = slice_cut(*rest, 0, end);
    *rest = slice_from(*rest, end + 1);
    if (line->len && line->at[line->len - 1] == '\r')
        line->len--;
    else
        *bare = true;
    return true;
}

static bool is_fold(struct slice rest) {
    return rest.len && (rest.at[0] == ' ' || rest.at[0] == '\t');
}

static struct slice unfold(struct arena *arena, struct slice value) {
    char *out = arena_bytes(arena, value.len + 1);
    size_t len = 0;
    if (!out)
        return value;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.at[i];
        if (c != '\r' && c != '\n') {
            out[len++] = c;
            continue;
        }
        while (len && (out[len - 1] == ' ' || out[len - 1] == '\t'))
            len--;
        while (i + 1 < value.len && strchr("\r\n \t", value.at[i + 1]))
            i++;
        out[len++] = ' ';
    }
    return (struct slice){out, len};
}

static const char *read_start(struct letter *message, struct slice line) {
    static const struct slice version = SLICE("SIP/2.0");
    if (slice_starts(line, version)) {
        uint64_t code;
        struct slice digits = slice_cut(line, version.len + 1, version.len + 4);
        if (line.len < version.len + 4 || !slice_number(digits, 699, &code) || code < 100)
            return "its status line has no code";
        message->code = (unsigned)code;
        message->reason = slice_trim(slice_from(line, version.len + 4));
        return NULL;
    }
    message->request = true;
    size_t method = slice_find(line, 0, ' ');
    size_t uri = slice_find(line, method + 1, ' ');
    message->method = slice_cut(line, 0, method);
    message->uri = slice_cut(line, method + 1, uri);
    if (!slice_equal(slice_from(line, uri + 1), version))
        return "its first line is no SIP/2.0 request line";
    return NULL;
}

static const char *read_header(struct letter *message, struct arena *arena, struct slice line) {
    size_t colon = slice_find(line, 0, ':');
    if (colon == line.len)
        return "a header line has no colon";
    if (message->count == HEADERS_MAX)
        return "it has more than 400 header lines";
    message->headers[message->count++] = (struct letter_header){
        .line = line,
        .name = slice_trim(slice_cut(line, 0, colon)),
        .value = slice_trim(unfold(arena, slice_from(line, colon + 1))),
    };
    return NULL;
}

static const char *check_frame(const struct letter *message, bool bare) {
    static const char *const single[] = {"From", "To", "Call-ID", "CSeq", "Max-Forwards", "Content-Length"};
    if (bare)
        return "a line ends in LF instead of CRLF (RFC 3261 7)";
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
        unsigned lines = 0;
        for (unsigned h = 0; h < message->count; h++)
            lines += letter_same_name(message->headers[h].name, slice_of(single[i]));
        if (lines > 1)
            return "a header that may stand once stands twice (RFC 3261 7.3.1)";
        if (lines == 0 && i < 4)
            return "From, To, Call-ID or CSeq is missing (RFC 3261 8.1.1)";
    }
    if (letter_items(message, SLICE("Via")) == 0)
        return "it has no Via (RFC 3261 8.1.1)";
    uint64_t length;
    struct slice stated = letter_value(message, "Content-Length");
    if (stated.at && (!slice_number(stated, SIZE_MAX, &length) || length != message->body.len))
        return "Content-Length is not the length of the body (RFC 3261 20.14)";
    return NULL;
}

void letter_read(struct letter *message, struct arena *arena, struct slice bytes) {
    struct slice rest = bytes, line;
    bool bare = false, ended = false;
    *message = (struct letter){.bytes = bytes, .body = SLICE_EMPTY};
    message->headers = arena_alloc(arena, HEADERS_MAX * sizeof *message->headers);
    if (!message->headers || !next_line(&rest, &line, &bare)) {
        message->wrong = "it is empty";
        return;
    }
    message->wrong = read_start(message, line);
    while (!ended && next_line(&rest, &line, &bare)) {
        while (line.len && is_fold(rest)) {
            struct slice more;
            next_line(&rest, &more, &bare);
            line.len = (size_t)(more.at + more.len - line.at);
        }
        ended = line.len == 0;
        const char *wrong = ended ? NULL : read_header(message, arena, line);
        if (!message->wrong)
            message->wrong = wrong;
    }
    message->body = rest.at ? rest : SLICE_EMPTY;
    if (!message->wrong && !ended)
        message->wrong = "no empty line ends its headers (RFC 3261 7)";
    if (!message->wrong)
        message->wrong = check_frame(message, bare);
    uint64_t length; /* what follows is no part of it (RFC 3261 18.3) */
    if (slice_number(letter_value(message, "Content-Length"), SIZE_MAX, &length))
        message->body = slice_cut(message->body, 0, length);
}

bool letter_same_name(struct slice a, struct slice b) {
    enum header id = header_named(a);
    return id == HEADER_OTHER ? slice_same(a, b) : id == header_named(b);
}

struct slice letter_value(const struct letter *message, const char *name) {
    for (unsigned h = 0; h < message->count; h++)
        if (letter_same_name(message->headers[h].name, slice_of(name)))
            return message->headers[h].value;
    return SLICE_NULL;
}

/* Next value of a comma-separated list (quotes and <> respected); false at the end. */
static bool next_item(struct slice *rest, struct slice *item) {
    struct slice s = slice_trim(*rest);
    bool quoted = false, bracket = false;
    size_t i = 0;
    if (s.len == 0)
        return false;
    for (; i < s.len; i++) {
        if (quoted) {
            i += s.at[i] == '\\';
            quoted = i < s.len && s.at[i] != '"';
        } else if (s.at[i] == '"') {
            quoted = true;
        } else if (s.at[i] == '<' || s.at[i] == '>') {
            bracket = s.at[i] == '<';
        } else if (s.at[i] == ',' && !bracket) {
            break;
        }
    }
    *item = slice_trim(slice_cut(s, 0, i));
    *rest = slice_from(s, i + 1);
    return true;
}

struct slice letter_item(const struct letter *message, const char *name, unsigned n) {
    for (unsigned h = 0; h < message->count; h++) {
        struct slice rest = message->headers[h].value, item;
        if (!letter_same_name(message->headers[h].name, slice_of(name)))
            continue;
        while (next_item(&rest, &item))
            if (n-- == 0)
                return item;
    }
    return SLICE_NULL;
}

unsigned letter_items(const struct letter *message, struct slice name) {
    unsigned items = 0;
    for (unsigned h = 0; h < message->count; h++) {
        struct slice rest = message->headers[h].value, item;
        if (letter_same_name(message->headers[h].name, name))
            while (next_item(&rest, &item))
                items++;
    }
    return items;
}

/* What follows the URI: behind '>' when there is one outside quotes, else from the first ';'. */
static struct slice params_of(struct slice value) {
    bool quoted = false;
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] == '"')
            quoted = !quoted;
        else if (!quoted && value.at[i] == '>')
            return slice_from(value, i + 1);
    }
    return slice_from(value, slice_find(value, 0, ';'));
}

struct slice letter_param(struct slice value, const char *name) {
    struct slice rest = params_of(value);
    while (rest.len) {
        rest = slice_from(rest, slice_find(rest, 0, ';') + 1);
        struct slice one = slice_trim(slice_cut(rest, 0, slice_find(rest, 0, ';')));
        size_t equals = slice_find(one, 0, '=');
        if (one.len && slice_same(slice_trim(slice_cut(one, 0, equals)), slice_of(name)))
            return equals == one.len ? SLICE_EMPTY : slice_trim(slice_from(one, equals + 1));
    }
    return SLICE_NULL;
}

struct slice letter_uri(struct slice value) {
    bool quoted = false;
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] == '"')
            quoted = !quoted;
        else if (!quoted && value.at[i] == '<')
            return slice_cut(value, i + 1, slice_find(value, i, '>'));
    }
    return slice_trim(slice_cut(value, 0, slice_find(value, 0, ';')));
}

struct slice letter_tag(const struct letter *message, const char *header) {
    return letter_param(letter_value(message, header), "tag");
}

struct slice letter_branch(const struct letter *message) {
    return letter_param(letter_item(message, "Via", 0), "branch");
}

unsigned long letter_cseq(const struct letter *message, struct slice *method) {
    struct slice value = letter_value(message, "CSeq");
    size_t blank = slice_find(value, 0, ' ');
    uint64_t number;
    *method = slice_trim(slice_from(value, blank));
    return slice_number(slice_cut(value, 0, blank), UINT32_MAX, &number) ? (unsigned long)number : 0;
}
