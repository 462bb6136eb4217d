/* SPDX-License-Identifier: MIT */
/* Writes a new message out of pieces of another one: the first pass counts, the second writes. Not an editor: what is
 * to be kept is named (edit.h is for the opposite). */
#ifndef FOV_RUNTIME_SIP_COMPOSE_H
#define FOV_RUNTIME_SIP_COMPOSE_H

#include "runtime/sip/scan.h"

struct compose {
    char *out; /* NULL: count only. Else it has room for what was counted */
    size_t length;
};

void compose_text(struct compose *compose, struct slice text);
void compose_number(struct compose *compose, uint32_t number);
/* A header's line as it came, name and folding too, but for blanks behind the value; ends in CRLF. */
void compose_line(struct compose *compose, const struct sip_message *message, unsigned header);

#endif
