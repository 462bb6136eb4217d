/* SPDX-License-Identifier: MIT */
/* The door of STUN: what is answered is a Binding request, the answer is one that a client reads, and not much longer.
 * A broken promise aborts. */
#include "tests/fuzz/message.h"

#include "runtime/sip/stun.h"

#include <stdlib.h>
#include <string.h>

static void promise(bool kept) {
    if (!kept)
        abort();
}

static unsigned number_at(const char *at) {
    return (unsigned)((unsigned char)at[0] << 8 | (unsigned char)at[1]);
}

/* A success has the address, a refusal at least one attribute that the request has. */
static void read_answer(struct slice request, struct slice answer) {
    unsigned type = number_at(answer.at), attribute = number_at(answer.at + STUN_HEADER);
    promise(type == 0x0101 || type == 0x0111);
    promise(number_at(answer.at + 2) == answer.len - STUN_HEADER && answer.len % 4 == 0);
    promise(memcmp(answer.at + STUN_COOKIE, request.at + STUN_COOKIE, STUN_HEADER - STUN_COOKIE) == 0);
    promise(attribute == (type == 0x0101 ? 0x0020 : 0x0009));
    if (type == 0x0101)
        return;
    unsigned unknown = number_at(answer.at + 32);
    bool found = false;
    for (size_t at = STUN_HEADER; at < request.len && !found; at += 4 + (number_at(request.at + at + 2) + 3u) / 4 * 4)
        found = number_at(request.at + at) == unknown;
    promise(unknown < 0x8000 && found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static char answer[STUN_ANSWER_MAX];
    struct endpoint source = {.ip.family = size % 8 ? 4 : 6, .port = 5060, .transport = TRANSPORT_UDP};
    char *copy = malloc(size ? size : 1);
    promise(copy != NULL);
    if (size)
        memcpy(copy, data, size);
    struct slice request = {copy, size}, got = stun_answer(request, &source, answer);
    if (got.at) {
        promise(size >= STUN_HEADER && number_at(copy) == 1 && got.len <= size + STUN_MORE_MAX);
        read_answer(request, got);
    }
    free(copy);
    return 0;
}
