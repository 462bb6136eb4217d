/* SPDX-License-Identifier: MIT */
#include "runtime/sip/stun.h"

#include <string.h>

enum {
    ATTRIBUTE = 4,
    BINDING_REQUEST = 0x0001,
    BINDING_SUCCESS = 0x0101,
    BINDING_ERROR = 0x0111,
    OPTIONAL = 0x8000, /* an attribute that need not be understood */
    UNKNOWN_ATTRIBUTE = 420,
};

/* The attributes of RFC 8489 18.3 that have to be understood. Here they mean nothing, and are ignored as known but
 * unexpected (6.3). */
enum attribute {
    MAPPED_ADDRESS = 0x0001,
    USERNAME = 0x0006,
    MESSAGE_INTEGRITY = 0x0008,
    ERROR_CODE = 0x0009,
    UNKNOWN_ATTRIBUTES = 0x000a,
    REALM = 0x0014,
    NONCE = 0x0015,
    MESSAGE_INTEGRITY_SHA256 = 0x001c,
    PASSWORD_ALGORITHM = 0x001d,
    USERHASH = 0x001e,
    XOR_MAPPED_ADDRESS = 0x0020,
};

static unsigned get_16(const char *at) {
    return (unsigned)((unsigned char)at[0] << 8 | (unsigned char)at[1]);
}

static void put_16(char **at, unsigned number) {
    *(*at)++ = (char)(number >> 8);
    *(*at)++ = (char)number;
}

static void put_attribute(char **at, enum attribute type, size_t length) {
    put_16(at, type);
    put_16(at, (unsigned)length);
}

static bool is_request(struct slice datagram) {
    return datagram.len >= STUN_HEADER && datagram.len <= STUN_REQUEST_MAX && get_16(datagram.at) == BINDING_REQUEST &&
           get_16(datagram.at + 2) == datagram.len - STUN_HEADER && datagram.len % 4 == 0 &&
           slice_starts(slice_from(datagram, STUN_COOKIE), SLICE("\x21\x12\xa4\x42"));
}

static bool is_known(unsigned type) {
    switch ((enum attribute)type) {
    case MAPPED_ADDRESS:
    case USERNAME:
    case MESSAGE_INTEGRITY:
    case ERROR_CODE:
    case UNKNOWN_ATTRIBUTES:
    case REALM:
    case NONCE:
    case MESSAGE_INTEGRITY_SHA256:
    case PASSWORD_ALGORITHM:
    case USERHASH:
    case XOR_MAPPED_ADDRESS: return true;
    }
    return (type & OPTIONAL) != 0;
}

/* Writes the types of those that are not understood at `to`, which has room for as many as there are; the end of them.
 * NULL: the attributes are none. What stands behind a MESSAGE-INTEGRITY is ignored (14.5). */
static char *list_unknown(struct slice attributes, char *to) {
    bool sealed = false;
    while (attributes.len) { /* always a multiple of 4 */
        unsigned type = get_16(attributes.at);
        size_t length = ATTRIBUTE + (get_16(attributes.at + 2) + 3u) / 4 * 4;
        if (length > attributes.len)
            return NULL;
        if (!sealed && !is_known(type))
            put_16(&to, type);
        sealed |= type == MESSAGE_INTEGRITY || type == MESSAGE_INTEGRITY_SHA256;
        attributes = slice_from(attributes, length);
    }
    return to;
}

/* 14.2: so no NAT finds the address to change it. */
static void put_address(char **at, const struct endpoint *source, const char *cookie) {
    size_t length = source->ip.family == 6 ? 16 : 4;
    put_attribute(at, XOR_MAPPED_ADDRESS, 4 + length);
    put_16(at, source->ip.family == 6 ? 0x02 : 0x01);
    put_16(at, source->port ^ get_16(cookie));
    for (size_t i = 0; i < length; i++)
        *(*at)++ = (char)(source->ip.bytes[i] ^ (unsigned char)cookie[i]);
}

/* 14.8, without a phrase, and 14.9. */
static void put_refusal(char **at, const char *types, size_t length) {
    put_attribute(at, ERROR_CODE, 4);
    put_16(at, 0);
    put_16(at, UNKNOWN_ATTRIBUTE / 100 << 8 | UNKNOWN_ATTRIBUTE % 100);
    put_attribute(at, UNKNOWN_ATTRIBUTES, length);
    memcpy(*at, types, length);
    *at += length;
    if (length % 4)
        put_16(at, 0);
}

struct slice stun_answer(struct slice datagram, const struct endpoint *source, char answer[STUN_ANSWER_MAX]) {
    char types[STUN_REQUEST_MAX], *at = answer;
    if (!is_request(datagram))
        return SLICE_NULL;
    char *end = list_unknown(slice_from(datagram, STUN_HEADER), types);
    if (!end)
        return SLICE_NULL;
    put_16(&at, end > types ? BINDING_ERROR : BINDING_SUCCESS);
    put_16(&at, 0);
    memcpy(at, datagram.at + STUN_COOKIE, STUN_HEADER - STUN_COOKIE);
    at += STUN_HEADER - STUN_COOKIE;
    if (end > types)
        put_refusal(&at, types, (size_t)(end - types));
    else
        put_address(&at, source, datagram.at + STUN_COOKIE);
    char *length = answer + 2;
    put_16(&length, (unsigned)(at - answer - STUN_HEADER));
    return (struct slice){answer, (size_t)(at - answer)};
}
