/* SPDX-License-Identifier: MIT */
/* What SIP has names for: headers, methods, transports, status codes (headers.def, methods.def, transports.def,
 * status.def). */
#ifndef FOV_GRAMMAR_PROTOCOL_H
#define FOV_GRAMMAR_PROTOCOL_H

#include "grammar/slice.h"

enum header {
#define HEADER(ID, ...) HEADER_##ID,
#include "grammar/headers.def"
    HEADER_COUNT,
    HEADER_OTHER = 0xffff /* IMAGE_NONE */
};

enum header_flags { HEADER_ONE = 1, HEADER_LIST = 2, HEADER_KEEP = 4, HEADER_STAY = 8 };

struct header_row {
    const char *name;
    uint8_t length; /* of the name */
    char compact;   /* 0 for none */
    uint8_t flags;
};
extern const struct header_row headers[HEADER_COUNT];

enum method {
#define METHOD(ID, ...) METHOD_##ID,
#include "grammar/methods.def"
    METHOD_COUNT,
    METHOD_OTHER = METHOD_COUNT
};
extern const char *const methods[METHOD_COUNT + 1]; /* "" for METHOD_OTHER */

enum transport {
#define TRANSPORT(ID, ...) TRANSPORT_##ID,
#include "grammar/transports.def"
    TRANSPORT_COUNT,
    TRANSPORT_NONE = TRANSPORT_COUNT
};

struct transport_row {
    const char *name;
    const char *word;      /* in options */
    const char *parameter; /* in URIs */
    uint16_t port;         /* default */
    bool secure;
};
extern const struct transport_row transports[TRANSPORT_COUNT];

/* The row of that name, whatever its letter case, the compact form too; or HEADER_OTHER. */
enum header header_named(struct slice name);
/* Exactly that name (RFC 3261 7.1), or METHOD_OTHER. */
enum method method_named(struct slice name);
/* Whatever its letter case; or TRANSPORT_NONE. */
enum transport transport_named(struct slice name);

const char *status_reason(unsigned code); /* "" for an unknown code */

#endif
