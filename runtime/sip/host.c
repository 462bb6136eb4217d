/* SPDX-License-Identifier: MIT */
#include "runtime/sip/host.h"

bool host_split(struct slice text, struct slice *host, struct slice *port) {
    size_t end = text.len && text.at[0] == '[' ? slice_find(text, 0, ']') + 1 : slice_find(text, 0, ':');
    if (end > text.len || end == 0 || (end < text.len && text.at[end] != ':'))
        return false;
    *host = slice_cut(text, 0, end);
    *port = end < text.len ? slice_from(text, end + 1) : SLICE_NULL;
    return true;
}

bool host_is_good(struct slice host) {
    struct ip_address ip;
    if (host.len > 0 && host.at[0] == '[')
        return ip_parse(&ip, host);
    for (size_t i = 0; i < host.len; i++)
        if (!byte_is_alnum((unsigned char)host.at[i]) && host.at[i] != '-' && host.at[i] != '.')
            return false;
    return host.len > 0 && host.len < 254;
}

bool port_parse(uint16_t *port, struct slice text, uint16_t least) {
    uint64_t number;
    if (!slice_number(text, UINT16_MAX, &number) || number < least)
        return false;
    *port = (uint16_t)number;
    return true;
}
