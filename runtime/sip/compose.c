/* SPDX-License-Identifier: MIT */
#include "runtime/sip/compose.h"

#include <stdio.h>
#include <string.h>

void compose_text(struct compose *compose, struct slice text) {
    if (compose->out && text.len)
        memcpy(compose->out + compose->length, text.at, text.len);
    compose->length += text.len;
}

void compose_number(struct compose *compose, uint32_t number) {
    char digits[12];
    int length = snprintf(digits, sizeof digits, "%lu", (unsigned long)number);
    compose_text(compose, (struct slice){digits, (size_t)length});
}

void compose_line(struct compose *compose, const struct sip_message *message, unsigned header) {
    const struct sip_header *line = &message->headers[header];
    compose_text(compose, slice_cut(message->bytes, line->at, line->value + line->value_length));
    compose_text(compose, SLICE("\r\n"));
}
