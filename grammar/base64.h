/* SPDX-License-Identifier: MIT */
/* Bytes as text: base64 with its padding (RFC 4648 4), and base64url without (5, 3.2), which may stand in a URI. */
#ifndef FOV_GRAMMAR_BASE64_H
#define FOV_GRAMMAR_BASE64_H

#include "grammar/slice.h"

/* Digits for so many bytes. */
#define BASE64_LENGTH(count)    (((count) + 2) / 3 * 4)
#define BASE64URL_LENGTH(count) (((count)*8 + 5) / 6)

/* `out` gets as many digits as the macros say, no NUL. */
void base64_text(const uint8_t *bytes, size_t count, char *out);
void base64url_text(const uint8_t *bytes, size_t count, char *out);
/* The bytes of a text, at most `room`, and how many. False: it is none, or has more. Bits of its last digit that are no
 * byte's are not looked at: who cares whether it is the only text of these bytes writes them once more. */
bool base64url_bytes(struct slice text, uint8_t *bytes, size_t room, size_t *count);

#endif
