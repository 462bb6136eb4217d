/* SPDX-License-Identifier: MIT */
/* Bytes as text (RFC 4648). */
#ifndef FOV_GRAMMAR_BASE64_H
#define FOV_GRAMMAR_BASE64_H

#include "grammar/slice.h"

enum base64_kind {
    BASE64_PADDED, /* section 4 */
    BASE64_URL,    /* section 5, without padding (3.2): may stand in a URI */
};

/* Digits for so many bytes, with the padding. */
#define BASE64_LENGTH(count)    (((count) + 2) / 3 * 4)
#define BASE64URL_LENGTH(count) (((count)*8 + 5) / 6)

/* `out` gets as many digits as the macros say, no NUL. */
void base64_text(const uint8_t *bytes, size_t count, enum base64_kind kind, char *out);
/* The bytes whose text this is, at most `room`, and how many. False: it is none, or has more. What base64_text would
 * not write is none: no two texts have the same bytes. */
bool base64_bytes(struct slice text, enum base64_kind kind, uint8_t *bytes, size_t room, size_t *count);

#endif
