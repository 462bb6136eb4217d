/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/waiting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WAITING_MAX = 16 * 1024 };

bool waiting_is_full(const struct proxy *proxy) {
    return proxy->waiting_count >= WAITING_MAX;
}

struct waiting_answer *waiting_new(struct server_transaction *server, struct slice bytes) {
    struct waiting_answer *answer = malloc(sizeof *answer + bytes.len);
    if (!answer)
        return NULL;
    *answer = (struct waiting_answer){.server = server, .length = bytes.len};
    memcpy(answer->bytes, bytes.at, bytes.len);
    return answer;
}

void waiting_add(struct proxy *proxy, struct waiting_answer *answer) {
    answer->ticket = ++proxy->ticket;
    *(proxy->waiting ? proxy->waiting_end : &proxy->waiting) = answer;
    proxy->waiting_end = &answer->next;
    proxy->waiting_count++;
    proxy->world->commit(proxy->world->context, answer->ticket);
}

void waiting_answer_up_to(struct proxy *proxy, uint64_t ticket) {
    while (proxy->waiting && proxy->waiting->ticket <= ticket) {
        struct waiting_answer *answer = proxy->waiting;
        proxy->waiting = answer->next;
        proxy->waiting_count--;
        if (server_respond(answer->server, 200, (struct slice){answer->bytes, answer->length}, proxy->now) == -ENOMEM)
            proxy_count(proxy, COUNTER_NO_MEMORY);
        free(answer);
    }
}

void waiting_free(struct proxy *proxy) {
    while (proxy->waiting) {
        struct waiting_answer *answer = proxy->waiting;
        proxy->waiting = answer->next;
        free(answer);
    }
}
