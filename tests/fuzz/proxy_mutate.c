/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/proxy_write.h"

#include <string.h>

static const char *const tokens[] = {
    "\r\n",
    "\n",
    "\r",
    " ",
    "\t",
    "\r\n ",
    ":",
    ";",
    ",",
    "\"",
    "\\",
    "<",
    ">",
    "@",
    "=",
    "?",
    "%00",
    "%",
    "[::1]",
    "SIP/2.0",
    ";tag=a",
    ";branch=",
    "*",
    ";rport",
    "sip:",
    "\r\nVia: SIP/2.0/UDP h",
    "\r\nv: ",
    "\r\nTo: <sip:a@b>",
    "\r\nl: 0",
    "\r\n\r\n",
    "65536",
    "\xc3\xa4",
    "\r\nRoute: <sip:192.0.2.1;lr>",
    "Content-Length: 5\r\n",
    "-1",
    "\r\nCSeq: 1 INVITE",
    "\r\nX-Dest: 1@192.0.2.105",
    "\nX-Dest: 1@192.0.2.105",
    ";maddr=192.0.2.1",
    "\x01",
};

/* Puts `bytes` in the place of `out` bytes at `at`. */
static void splice(struct letter_text *text, size_t at, size_t out, struct slice bytes) {
    if (out > text->len - at)
        out = text->len - at;
    if (text->len - out + bytes.len > sizeof text->at)
        return;
    memmove(text->at + at + bytes.len, text->at + at + out, text->len - at - out);
    memcpy(text->at + at, bytes.at, bytes.len);
    text->len += bytes.len - out;
}

void write_mutation(struct letter_text *text, struct program *program) {
    unsigned kind = program_take(program, 8), high = program_take(program, 256), low = program_take(program, 256);
    size_t at = text->len ? (high * 256 + low) % text->len : 0;
    char byte = (char)program_take(program, 256), copy[256];
    struct slice token = slice_of(tokens[(unsigned char)byte % (sizeof tokens / sizeof *tokens)]);
    size_t length = (unsigned char)byte;
    text->odd = true;
    switch (kind) {
    case 0: splice(text, at, 1, (struct slice){&byte, 1}); break;
    case 1:
    case 2: splice(text, at, 0, token); break;
    case 3: splice(text, at, token.len, token); break;
    case 4: splice(text, at, length % 32, SLICE_EMPTY); break;
    case 5:
        length = length > text->len - at ? text->len - at : length;
        memcpy(copy, text->at + at, length);
        splice(text, at, 0, (struct slice){copy, length});
        break;
    case 6: /* the same run of bytes so often that every bound is met */
        for (unsigned times = 0; times < length; times++)
            splice(text, at, 0, token);
        break;
    default: text->len = at; break;
    }
}
