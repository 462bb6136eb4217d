/* SPDX-License-Identifier: MIT */
/* The head of an HTTP/1.1 message, as far as the handshake of a WebSocket needs one (RFC 9112): collected in whatever
 * pieces it comes, then read. No body, and nothing of what a head means. */
#ifndef FOV_RUNTIME_NET_HTTP_HEAD_H
#define FOV_RUNTIME_NET_HTTP_HEAD_H

#include "grammar/slice.h"

enum { HTTP_HEAD_MAX = 8192 }; /* bytes of one */

struct http_collector { /* zeroed: a new one */
    char *at;           /* the head as far as it has come; owned */
    uint32_t used;      /* bytes of it */
    uint32_t room;      /* of `at` */
    uint8_t line_ends;  /* how much of the empty line that ends it has come */
};

enum http_verdict {
    HTTP_MORE,     /* the input is used up */
    HTTP_WHOLE,    /* with the empty line at its end, it is in http_collected() */
    HTTP_TOO_LONG, /* more than HTTP_HEAD_MAX */
    HTTP_NO_MEMORY,
};

/* Takes the head off `input`, and nothing that stands behind it. */
enum http_verdict http_collect(struct http_collector *collector, struct slice *input);
struct slice http_collected(const struct http_collector *collector);
void http_collector_free(struct http_collector *collector);

/* Headers that decide. */
enum http_field {
    HTTP_HOST,
    HTTP_UPGRADE,
    HTTP_CONNECTION,
    HTTP_KEY,
    HTTP_ACCEPT,
    HTTP_VERSION,
    HTTP_PROTOCOL,
    HTTP_EXTENSIONS,
    HTTP_ORIGIN,
    HTTP_LENGTH,
    HTTP_CODING,
    HTTP_FIELDS
};

struct http_head { /* slices of the text that was read */
    struct slice start;
    struct slice words[3];            /* of the start line; the last one goes up to its end, and is empty without one */
    struct slice values[HTTP_FIELDS]; /* null: absent; the last of several */
    unsigned counts[HTTP_FIELDS];
    bool websocket, upgrades, sip; /* what the lists Upgrade, Connection and Sec-WebSocket-Protocol hold */
};

/* False: it is malformed. */
bool http_head_read(struct http_head *head, struct slice text);

#endif
