/* SPDX-License-Identifier: MIT */
/* The opening handshake of a WebSocket, the server's side of it (RFC 6455 4.2, RFC 7118 4.1): the head of one HTTP
 * request comes in; what is to be answered goes out. No socket, and nothing of the frames that follow. */
#ifndef FOV_RUNTIME_NET_UPGRADE_H
#define FOV_RUNTIME_NET_UPGRADE_H

#include "runtime/net/http_head.h"

enum { UPGRADE_ANSWER_MAX = 512 }; /* bytes of what is answered */

struct upgrade_policy {
    const struct slice *origins; /* pages that may connect, as their browsers name them: "https://phone.example" */
    unsigned origin_count;       /* 0: all may */
};

enum upgrade_verdict {
    UPGRADE_MORE,      /* the input is used up */
    UPGRADE_ACCEPTED,  /* frames follow */
    UPGRADE_REFUSED,   /* the connection is of no use any more */
    UPGRADE_NO_MEMORY, /* the same, and nothing is said */
};

/* Takes the head off `input`, and nothing that stands behind it. `answer` is in `buffer`. Who names no origin is no
 * browser: a policy has nothing to protect there, and does not keep it out. */
enum upgrade_verdict upgrade_next(struct http_collector *collector, const struct upgrade_policy *policy,
                                  struct slice *input, char buffer[UPGRADE_ANSWER_MAX], struct slice *answer);
/* The verdict on a whole head, with the empty line at its end: accepted or refused. */
enum upgrade_verdict upgrade_judge(struct slice head, const struct upgrade_policy *policy,
                                   char buffer[UPGRADE_ANSWER_MAX], struct slice *answer);

#endif
