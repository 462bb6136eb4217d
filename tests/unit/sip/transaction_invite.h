/* SPDX-License-Identifier: MIT */
/* The attempts at a destination that the tests of the client side make: one INVITE, one other request, and what comes
 * back for them. */
#ifndef FOV_TESTS_UNIT_SIP_TRANSACTION_INVITE_H
#define FOV_TESTS_UNIT_SIP_TRANSACTION_INVITE_H

#include "tests/unit/sip/transaction_world.h"

#define INVITE_LINES                                                                                                   \
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKour1\r\n"                                                           \
    "v: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKcaller\r\n"                                                           \
    "Record-Route: <sip:192.0.2.1;lr>\r\n"                                                                             \
    "Max-Forwards: 68\r\n"                                                                                             \
    "Route: <sip:r1.example;lr>,\r\n <sip:r2.example;lr>\r\n"                                                          \
    "f:\"A, \\\"x\\\"\" <sip:a@example.com>;tag=f1\r\n"                                                                \
    "To : <sip:b@example.com>\r\n"                                                                                     \
    "Call-ID: c1@192.0.2.9\r\n"                                                                                        \
    "CSeq:  17\r\n INVITE\r\n"                                                                                         \
    "Require: 100rel\r\n"                                                                                              \
    "route: <sip:r3.example;lr>\r\n"                                                                                   \
    "Contact: <sip:a@192.0.2.9>\r\n"                                                                                   \
    "Content-Length: 4\r\n\r\nv=0\n"
#define INVITE "INVITE sip:b@192.0.2.100;x=y SIP/2.0\r\n" INVITE_LINES

static inline struct client_transaction *send_with(const char *method, const char *bytes, struct endpoint remote,
                                                   uint32_t timeout, const char *user) {
    struct client_request request = {
        .bytes = slice_of(bytes),
        .branch = SLICE("z9hG4bKour1"),
        .method = method_named(slice_of(method)),
        .method_name = slice_of(method),
        .flow = {.local = LOCAL, .remote = remote},
        .timeout = timeout,
        .user = (void *)(uintptr_t)user,
    };
    return client_new(layer, &request, now);
}

static inline struct client_transaction *invite(uint32_t timeout) {
    return send_with("INVITE", INVITE, TARGET, timeout, "a");
}

static inline struct client_transaction *options(enum transport transport) {
    return send_with("OPTIONS", "OPTIONS sip:b@192.0.2.100 SIP/2.0\r\n" INVITE_LINES,
                     endpoint_at("192.0.2.100", 5060, transport), 0, "a");
}

static inline const struct sip_message *response(unsigned status, const char *method, const char *branch) {
    return scanned("SIP/2.0 %u x\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=%s\r\n"
                   "Via: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKcaller\r\nFrom: <sip:a@example.com>;tag=f1\r\n"
                   "To: <sip:b@example.com>;tag=t%u\r\nCall-ID: c1@192.0.2.9\r\nCSeq: 17 %s\r\n\r\n",
                   status, branch, status, method);
}

/* True: it belonged to a transaction. */
static inline bool receive(unsigned status, const char *method) {
    struct endpoint source = TARGET;
    return transactions_response(layer, response(status, method, "z9hG4bKour1"), &source, now);
}

#endif
