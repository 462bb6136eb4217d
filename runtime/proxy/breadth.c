/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/breadth.h"

bool breadth_received(const struct sip_message *request, unsigned *breadth) {
    int line = scan_next(request, HEADER_MAX_BREADTH, -1);
    *breadth = BREADTH_MAX;
    if (line < 0)
        return true;
    struct slice text = scan_value(request, (unsigned)line);
    uint64_t number;
    if (slice_number(text, BREADTH_MAX, &number)) {
        *breadth = (unsigned)number;
        return true;
    }
    /* Above 60, however many digits it has, or no number at all. */
    bool digits = text.len > 0;
    for (size_t i = 0; digits && i < text.len; i++)
        digits = byte_is_digit((unsigned char)text.at[i]);
    return digits;
}

unsigned breadth_share(unsigned left) {
    return left > 1 ? left / 2 : left;
}
