/* SPDX-License-Identifier: MIT */
#include "compiler/placing.h"

#include "grammar/image.h"

#include <string.h>

/* The value as one run of bytes in which MARK stands for an insert: no text has a control
 * character. */
enum { MARK = '\1' };

struct value {
    char *bytes;
    size_t length;
    struct piece **inserts; /* one for each MARK, in order */
    unsigned placed;        /* of them */
    bool to;                /* it is To's, and a URI without brackets */
    bool bare;              /* it is of a header that keeps a URI without brackets as it is */
};

static struct value flatten(struct memory *memory, struct piece *pieces) {
    size_t length = 0, inserts = 0;
    for (const struct piece *piece = pieces; piece; piece = piece->next) {
        length += piece->slot ? 1 : piece->literal.len;
        inserts += piece->slot != 0;
    }
    struct value value = {.bytes = memory_new(memory, length + 1),
                          .inserts = memory_new(memory, (inserts + 1) * sizeof *value.inserts)};
    inserts = 0;
    for (struct piece *piece = pieces; piece; piece = piece->next) {
        if (piece->slot) {
            value.inserts[inserts++] = piece;
            value.bytes[value.length++] = MARK;
        } else {
            memcpy(value.bytes + value.length, piece->literal.at, piece->literal.len);
            value.length += piece->literal.len;
        }
    }
    return value;
}

/* Places the next insert when one stands at `at`. */
static void place(struct value *value, size_t at, enum image_piece piece) {
    if (value->bytes[at] == MARK)
        value->inserts[value->placed++]->place = piece;
}

static void place_all(struct value *value, size_t start, size_t end, enum image_piece piece) {
    for (size_t at = start; at < end; at++)
        place(value, at, piece);
}

/* Length of the scheme, with its colon, that a URI starts with at `at`; 0: none that is known. */
static size_t scheme_at(const struct value *value, size_t at, size_t end) {
    static const char *const schemes[] = {"sip:", "sips:", "tel:"};
    struct slice rest = {value->bytes + at, end - at};
    for (unsigned i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (slice_starts_same(rest, slice_of(schemes[i])))
            return strlen(schemes[i]);
    return 0;
}

/* Behind the user part (RFC 3261 25.1): host, port, parameters, headers. */
static void place_behind_user(struct value *value, size_t start, size_t end, bool has_user, enum image_piece uri) {
    enum image_piece here = IMAGE_PIECE_HOST;
    for (size_t at = start; at < end; at++) {
        char c = value->bytes[at];
        if (c == '[' && here == IMAGE_PIECE_HOST)
            here = IMAGE_PIECE_IP6;
        else if (c == ']' && here == IMAGE_PIECE_IP6)
            here = IMAGE_PIECE_HOST;
        else if (c == ':' && here == IMAGE_PIECE_HOST)
            here = IMAGE_PIECE_PORT;
        else if ((c == ';' || c == '?') && here != IMAGE_PIECE_IP6)
            here = IMAGE_PIECE_PARAM;
        bool last = at + 1 == end;
        if (last && value->to)
            place(value, at, IMAGE_PIECE_TAIL);
        else if (last && here == IMAGE_PIECE_HOST && !has_user)
            place(value, at, uri); /* it may bring user, host and all */
        else
            place(value, at, here);
    }
}

static void place_parts(struct value *value, size_t start, size_t end, enum image_piece user_part,
                        enum image_piece uri) {
    size_t scheme = scheme_at(value, start, end), at = start + scheme;
    bool tel = scheme && (value->bytes[start] | 0x20) == 't';
    if (scheme == 0 && at + 1 < end && value->bytes[at] == MARK) /* the scheme comes with what is inserted */
        place(value, at++, uri);
    size_t user = end;
    while (user > at && value->bytes[user - 1] != '@')
        user--;
    if (tel)
        user = at + slice_find((struct slice){value->bytes + at, end - at}, 0, ';');
    place_all(value, at, user, user_part);
    place_behind_user(value, user, end, user > at, uri);
}

static void place_uri(struct value *value, size_t start, size_t end) {
    place_parts(value, start, end, IMAGE_PIECE_USER, IMAGE_PIECE_URI);
}

/* RFC 3261 20: a URI with a comma, a question mark or a semicolon in it stands in < >. */
static void place_bare_uri(struct value *value, size_t start, size_t end) {
    if (value->bare)
        place_parts(value, start, end, IMAGE_PIECE_BARE_USER, IMAGE_PIECE_BARE_URI);
    else
        place_uri(value, start, end);
}

static size_t find_any(const struct value *value, size_t at, const char *set) {
    while (at < value->length && !strchr(set, value->bytes[at]))
        at++;
    return at;
}

static size_t quoted_string_end(const struct value *value, size_t at) {
    for (at++; at < value->length && value->bytes[at] != '"'; at++)
        at += value->bytes[at] == '\\' && at + 1 < value->length;
    return at;
}

static void place_header(struct value *value) {
    bool fresh = true; /* a URI can start here */
    for (size_t at = 0; at < value->length;) {
        char c = value->bytes[at];
        size_t end = at;
        if (c == '"') {
            end = quoted_string_end(value, at);
            place_all(value, at, end, IMAGE_PIECE_QUOTED);
        } else if (c == '<') {
            end = find_any(value, at, ">");
            if (scheme_at(value, at + 1, end) || value->bytes[at + 1] == MARK)
                place_uri(value, at + 1, end);
            else
                place_all(value, at + 1, end, IMAGE_PIECE_URI);
        } else if (fresh && scheme_at(value, at, value->length)) {
            end = find_any(value, at, " \t,;\"<>"); /* RFC 3261 20.10: what follows a ';' is the header's */
            place_bare_uri(value, at, end);
            end--;
        } else {
            place(value, at, IMAGE_PIECE_LINE);
        }
        fresh = c == ' ' || c == '\t' || c == ',';
        at = end + 1;
    }
}

void placing_set(struct memory *memory, struct piece *pieces, enum placing placing) {
    struct value value = flatten(memory, pieces);
    bool brackets = find_any(&value, 0, "<") < value.length;
    switch (placing) {
    case PLACING_LINE: place_all(&value, 0, value.length, IMAGE_PIECE_LINE); break;
    case PLACING_FROM: place_header(&value); break;
    case PLACING_HEADER:
        value.bare = true;
        place_header(&value);
        break;
    case PLACING_TO:
    case PLACING_URI:
        value.to = placing == PLACING_TO && !brackets;
        if (brackets)
            place_header(&value);
        else
            place_uri(&value, 0, value.length);
        break;
    }
}

static const char *stand_in(const struct piece *piece, struct slice before, unsigned which) {
    char last = before.len ? before.at[before.len - 1] : '\0';
    bool start = last == '\0' || last == '<', user = slice_find(before, 0, '@') < before.len;
    bool scheme = !user && slice_find(before, 0, ':') < before.len;
    bool digit = which & 1, user_alone = which & 2;
    switch ((enum image_piece)piece->place) {
    case IMAGE_PIECE_PORT: return "5060";
    case IMAGE_PIECE_IP6: return last == '[' ? "::1" : "1";
    case IMAGE_PIECE_TAIL:
    case IMAGE_PIECE_BARE_URI:
    case IMAGE_PIECE_URI:
        if (start)
            return user_alone ? "sip:a" : "sip:a@a";
        return scheme ? "a@a" : digit ? "1" : "a";
    case IMAGE_PIECE_HOST: return digit ? "1" : "a";
    case IMAGE_PIECE_TEXT:
    case IMAGE_PIECE_LINE:
    case IMAGE_PIECE_QUOTED:
    case IMAGE_PIECE_USER:
    case IMAGE_PIECE_BARE_USER:
    case IMAGE_PIECE_PARAM:
    case IMAGE_PIECES: break;
    }
    return "1";
}

struct slice placing_sample(struct memory *memory, const struct piece *pieces, unsigned which) {
    size_t length = 0;
    for (const struct piece *piece = pieces; piece; piece = piece->next)
        length += piece->slot ? 8 : piece->literal.len;
    char *bytes = memory_new(memory, length + 1);
    struct slice sample = {bytes, 0};
    for (const struct piece *piece = pieces; piece; piece = piece->next) {
        struct slice part = piece->slot ? slice_of(stand_in(piece, sample, which)) : piece->literal;
        if (part.len)
            memcpy(bytes + sample.len, part.at, part.len);
        sample.len += part.len;
    }
    return sample;
}
