/* SPDX-License-Identifier: MIT */
/* Framing: what comes on a stream, in whatever pieces, cut into messages by their Content-Length (RFC 3261 18.3, 7.5),
 * with the keep-alives of RFC 5626 between them. It reads no more of a message than where it ends; what stands in it is
 * scan.h's business.
 *
 *   CRLF CRLF                              a ping, to be answered by one CRLF (RFC 5626 4.4.1)
 *   CRLF                                   a pong, or nothing (7.5)
 *   INVITE ... CRLF CRLF body | INVITE     the next message begins behind the body
 *
 * Every byte is looked at once, however few come at a time. No more than SIP_MESSAGE_MAX bytes are kept, and none
 * between two messages. */
#ifndef FOV_RUNTIME_SIP_STREAM_H
#define FOV_RUNTIME_SIP_STREAM_H

#include "grammar/slice.h"

#include <stdint.h>

struct stream {        /* zeroed: a new one */
    char *at;          /* the message under way, as far as it has come in pieces; owned */
    uint32_t used;     /* bytes of it */
    uint32_t room;     /* of `at` */
    uint32_t length;   /* of the message; 0: its header is not complete yet */
    uint8_t line_ends; /* how much of the empty line that ends the header, or between messages of a ping, has come */
    bool given;        /* the message in `at` was handed out */
};

struct stream_fault {
    unsigned code;      /* that a request is refused with; 0: there is nothing wrong */
    const char *reason; /* a static text */
};

enum stream_verdict {
    STREAM_MORE,    /* the input is used up */
    STREAM_MESSAGE, /* a whole one */
    STREAM_PING,    /* wants one CRLF */
    STREAM_BROKEN,  /* nobody knows where the message ends: its header, or what has come of it; the stream is useless */
    STREAM_NO_MEMORY, /* the same, without any message */
};

/* Takes bytes off `input`: call it until it says MORE. `message` (of MESSAGE and BROKEN) is valid until the next call
 * and as long as the input is; `fault` says what BROKEN is about, and is as it was otherwise. */
enum stream_verdict stream_next(struct stream *stream, struct slice *input, struct slice *message,
                                struct stream_fault *fault);
/* Has a message begun that is not complete? */
bool stream_waits(const struct stream *stream);
void stream_free(struct stream *stream);

#endif
