/* SPDX-License-Identifier: MIT */
/* The messages that the peers of a fuzz run send: new ones, and those made of what the proxy sent or got before. Which
 * ones, the program's bytes decide. */
#ifndef FOV_TESTS_FUZZ_PROXY_WRITE_H
#define FOV_TESTS_FUZZ_PROXY_WRITE_H

#include "tests/fuzz/proxy_net.h"

struct program {
    const uint8_t *at, *end;
};

/* The next byte, below `bound`; 0 when the program has ended. */
unsigned program_take(struct program *program, unsigned bound);

enum { LETTER_MAX = 66 * 1024 };

struct letter_text {
    char at[LETTER_MAX];
    size_t len;
    bool odd; /* no well-behaved peer says so */
};

/* A request that starts something; `number` makes it a new one. */
void write_request(struct letter_text *text, struct program *program, unsigned number);
/* Credentials for what was written: for the last challenge that left, good ones mostly. */
void write_credentials(struct letter_text *text, struct program *program, const struct net *net);
/* A REGISTER for one of a few users of ours, on the way to more, fewer and refused contacts. */
/* The topmost Via says what it goes over; over TLS with an alias in place of rport (RFC 5923). */
void write_transport(struct letter_text *text, enum transport transport);
void write_register(struct letter_text *text, struct program *program, unsigned number);
/* A response to a request that left. */
void write_response(struct letter_text *text, struct program *program, const struct datagram *request);
/* Of a request that came, with its top Via: CANCEL, or the ACK to `response` when that is one hop's. */
void write_hop(struct letter_text *text, const struct datagram *request, const char *method,
               const struct datagram *response);
/* A request within the dialog that `seen` makes: an INVITE that left, or its 2xx that went up. False: it makes none. */
bool write_in_dialog(struct letter_text *text, struct program *program, const struct datagram *seen, unsigned number);
/* Bytes changed, cut, doubled, put in. */
void write_mutation(struct letter_text *text, struct program *program);

#endif
