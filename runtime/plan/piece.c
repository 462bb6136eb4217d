/* SPDX-License-Identifier: MIT */
#include "runtime/plan/piece.h"

#include <string.h>

#define MARK "-_.!~*'()" /* RFC 3261 25.1; with letters and digits: unreserved */

enum { LETTERS = 1, DIGITS = 2, HEX = 4, ESCAPES = 8, WORD = LETTERS | DIGITS };

/* Besides what the flags allow, the bytes of `others`; ESCAPES: '%' and two hex digits. A row
 * without flags is judged by a rule of its own. */
static const struct piece_row {
    const char *name;
    unsigned flags;
    const char *others, *refusal;
} pieces[IMAGE_PIECES] = {
    [IMAGE_PIECE_TEXT] = {"text", 0, "", ""},
    [IMAGE_PIECE_LINE] = {"line", 0, "", "it holds a control character"},
    [IMAGE_PIECE_USER] = {"user", WORD | ESCAPES, MARK "&=+$,;?/", "it may not stand in the user part of a URI"},
    [IMAGE_PIECE_HOST] = {"host", WORD, "-.", "it may not stand in a host"},
    [IMAGE_PIECE_PORT] = {"port", DIGITS, "", "it may not stand in a port"},
    [IMAGE_PIECE_PARAM] = {"param", WORD | ESCAPES, MARK "[]/:&+$", "it may not stand in a parameter of a URI"},
    [IMAGE_PIECE_URI] = {"uri", WORD | ESCAPES, MARK ";/?:@&=+$,[]", "it may not stand in a URI"},
    [IMAGE_PIECE_TAIL] = {"tail", 0, "", "it holds a control character"},
    [IMAGE_PIECE_QUOTED] = {"quoted", 0, "", "it may not stand inside quotes"},
    [IMAGE_PIECE_BARE_USER] = {"bare-user", WORD | ESCAPES, MARK "&=+$/",
                               "it may not stand in the user part of a URI without < >"},
    [IMAGE_PIECE_BARE_URI] = {"bare-uri", WORD | ESCAPES, MARK "/:@&=+$[]", "it may not stand in a URI without < >"},
    [IMAGE_PIECE_IP6] = {"ip6", HEX, ":.", "it may not stand in an IPv6 address"},
};

bool piece_is_plain(struct slice text, bool tab) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if ((c < ' ' && !(tab && c == '\t')) || c == 0x7f)
            return false;
    }
    return true;
}

static bool allows(const struct piece_row *row, unsigned char c) {
    return (row->flags & LETTERS && byte_is_alpha(c)) || (row->flags & DIGITS && byte_is_digit(c)) ||
           (row->flags & HEX && byte_is_hex(c)) || (c != '\0' && strchr(row->others, c) != NULL);
}

static bool all_allowed(const struct piece_row *row, struct slice text) {
    for (size_t i = 0; i < text.len; i++) {
        if (row->flags & ESCAPES && text.at[i] == '%') {
            if (text.len - i < 3 || !byte_is_hex((unsigned char)text.at[i + 1]) ||
                !byte_is_hex((unsigned char)text.at[i + 2]))
                return false;
            i += 2;
        } else if (!allows(row, (unsigned char)text.at[i])) {
            return false;
        }
    }
    return true;
}

/* RFC 3261 25.1 host: a name or an IPv4 address, of which the piece may be a part, or an IPv6
 * reference as a whole. A colon outside brackets would begin a port. */
static bool is_host(struct slice text) {
    bool brackets = text.len >= 2 && text.at[0] == '[' && text.at[text.len - 1] == ']';
    return brackets ? all_allowed(&pieces[IMAGE_PIECE_IP6], slice_cut(text, 1, text.len - 1))
                    : all_allowed(&pieces[IMAGE_PIECE_HOST], text);
}

/* RFC 3261 25.1 quoted-string: a quote or a backslash only as the second byte of a quoted-pair. */
static bool is_quoted(struct slice text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"')
            return false;
        if (text.at[i] == '\\' && (++i == text.len || (unsigned char)text.at[i] >= 0x80))
            return false;
    }
    return piece_is_plain(text, false);
}

/* Plans that are documented capture more than they mean: `To = sip:(.+)[ >;]*`. */
static struct slice tail(struct slice text) {
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted &&
                 (c == '>' || c == ' ' || c == '\t' || slice_starts_same(slice_from(text, i), SLICE(";tag="))))
            return slice_cut(text, 0, i);
    }
    return text;
}

const char *piece_judge(enum image_piece piece, struct slice *text) {
    bool fine = true;
    switch (piece) {
    case IMAGE_PIECE_TEXT: break;
    case IMAGE_PIECE_LINE: fine = piece_is_plain(*text, false); break;
    case IMAGE_PIECE_USER:
    case IMAGE_PIECE_PORT:
    case IMAGE_PIECE_PARAM:
    case IMAGE_PIECE_URI:
    case IMAGE_PIECE_BARE_USER:
    case IMAGE_PIECE_BARE_URI:
    case IMAGE_PIECE_IP6: fine = all_allowed(&pieces[piece], *text); break;
    case IMAGE_PIECE_HOST: fine = is_host(*text); break;
    case IMAGE_PIECE_TAIL:
        *text = tail(*text);
        fine = piece_is_plain(*text, false);
        break;
    case IMAGE_PIECE_QUOTED: fine = is_quoted(*text); break;
    case IMAGE_PIECES: break;
    }
    return fine ? NULL : pieces[piece].refusal;
}

const char *piece_name(enum image_piece piece) {
    return pieces[piece].name;
}
