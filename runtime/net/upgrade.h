/* SPDX-License-Identifier: MIT */
/* The opening handshake of a WebSocket, the server's side of it (RFC 6455 4.2, RFC 7118 4.1): the head of one HTTP
 * request comes in, in whatever pieces; what is to be answered goes out. No socket, and nothing of the frames that
 * follow. */
#ifndef FOV_RUNTIME_NET_UPGRADE_H
#define FOV_RUNTIME_NET_UPGRADE_H

#include "grammar/slice.h"

enum {
    UPGRADE_HEAD_MAX = 8192,  /* bytes of a request's head */
    UPGRADE_ANSWER_MAX = 512, /* of what is answered */
};

struct upgrade {       /* zeroed: a new one */
    char *at;          /* the head as far as it has come; owned */
    uint32_t used;     /* bytes of it */
    uint32_t room;     /* of `at` */
    uint8_t line_ends; /* how much of the empty line that ends it has come */
};

struct upgrade_policy {
    const struct slice *origins; /* pages that may connect, as their browsers name them: "https://phone.example" */
    unsigned origin_count;       /* 0: all may */
};

enum upgrade_verdict {
    UPGRADE_MORE,      /* the input is used up */
    UPGRADE_ACCEPTED,  /* frames follow the answer */
    UPGRADE_REFUSED,   /* the connection is of no use behind the answer */
    UPGRADE_NO_MEMORY, /* the same, without any answer */
};

/* Takes the head off `input`, and nothing that stands behind it. `answer` is in `buffer`. Who names no origin is no
 * browser: a policy has nothing to protect there, and does not keep it out. */
enum upgrade_verdict upgrade_next(struct upgrade *upgrade, const struct upgrade_policy *policy, struct slice *input,
                                  char buffer[UPGRADE_ANSWER_MAX], struct slice *answer);
/* The verdict on a whole head, with the empty line at its end: accepted or refused. */
enum upgrade_verdict upgrade_judge(struct slice head, const struct upgrade_policy *policy,
                                   char buffer[UPGRADE_ANSWER_MAX], struct slice *answer);
void upgrade_free(struct upgrade *upgrade);

#endif
