/* SPDX-License-Identifier: MIT */
#include "runtime/net/upgrade.h"

#include "runtime/net/websocket_key.h"

#include <stdio.h>

struct refusal {
    unsigned code; /* 0: none */
    const char *reason, *header;
};

#define REFUSED(...) ((struct refusal){__VA_ARGS__})

static bool may_connect(const struct http_head *head, const struct upgrade_policy *policy) {
    if (policy->origin_count == 0 || !head->values[HTTP_ORIGIN].at)
        return true;
    for (unsigned i = 0; i < policy->origin_count; i++)
        if (head->counts[HTTP_ORIGIN] == 1 && slice_same(head->values[HTTP_ORIGIN], policy->origins[i]))
            return true;
    return false;
}

/* METHOD SP TARGET SP VERSION */
static bool is_request(const struct http_head *head) {
    return slice_starts(head->words[2], SLICE("HTTP/")) && head->words[2].len == sizeof "HTTP/1.1" - 1;
}

/* RFC 6455 4.2.1, in its order. */
static struct refusal find_fault(struct slice text, struct http_head *head, const struct upgrade_policy *policy) {
    if (!http_head_read(head, text) || !is_request(head))
        return REFUSED(400, "Bad Request", "");
    struct slice length = head->values[HTTP_LENGTH];
    if (!slice_equal(head->words[0], SLICE("GET")))
        return REFUSED(405, "Method Not Allowed", "Allow: GET\r\n");
    if (!slice_equal(head->words[2], SLICE("HTTP/1.1")))
        return REFUSED(505, "HTTP Version Not Supported", "");
    if (head->counts[HTTP_HOST] != 1 || head->counts[HTTP_CODING] || (length.at && !slice_equal(length, SLICE("0"))))
        return REFUSED(400, "Bad Request", "");
    if (!head->websocket || !head->upgrades)
        return REFUSED(426, "Upgrade Required", "Upgrade: websocket\r\n");
    if (head->counts[HTTP_VERSION] != 1 || !slice_equal(head->values[HTTP_VERSION], SLICE("13")))
        return REFUSED(426, "Upgrade Required", "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
    if (head->counts[HTTP_KEY] != 1 || !websocket_key_valid(head->values[HTTP_KEY]))
        return REFUSED(400, "Malformed Sec-WebSocket-Key", "");
    if (!head->sip) /* RFC 7118 4.1 */
        return REFUSED(400, "No Sec-WebSocket-Protocol sip", "");
    return may_connect(head, policy) ? REFUSED(0, NULL, NULL) : REFUSED(403, "Forbidden Origin", "");
}

static struct slice write_refusal(const struct refusal *refusal, char buffer[UPGRADE_ANSWER_MAX]) {
    int length =
        snprintf(buffer, UPGRADE_ANSWER_MAX, "HTTP/1.1 %u %s\r\n%sConnection: close\r\nContent-Length: 0\r\n\r\n",
                 refusal->code, refusal->reason, refusal->header);
    return (struct slice){buffer, (size_t)length};
}

enum upgrade_verdict upgrade_judge(struct slice text, const struct upgrade_policy *policy,
                                   char buffer[UPGRADE_ANSWER_MAX], struct slice *answer) {
    struct http_head head;
    char accept[WEBSOCKET_ACCEPT];
    const struct refusal refusal = find_fault(text, &head, policy);
    if (refusal.code) {
        *answer = write_refusal(&refusal, buffer);
        return UPGRADE_REFUSED;
    }
    websocket_key_accept(head.values[HTTP_KEY], accept);
    int length = snprintf(buffer, UPGRADE_ANSWER_MAX,
                          "HTTP/1.1 101 Switching Protocols\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %.*s\r\n"
                          "Sec-WebSocket-Protocol: sip\r\n\r\n",
                          WEBSOCKET_ACCEPT, accept);
    *answer = (struct slice){buffer, (size_t)length};
    return UPGRADE_ACCEPTED;
}

enum upgrade_verdict upgrade_next(struct http_collector *collector, const struct upgrade_policy *policy,
                                  struct slice *input, char buffer[UPGRADE_ANSWER_MAX], struct slice *answer) {
    static const struct refusal too_long = {431, "Request Header Fields Too Large", ""};
    switch (http_collect(collector, input)) {
    case HTTP_MORE: return UPGRADE_MORE;
    case HTTP_WHOLE: return upgrade_judge(http_collected(collector), policy, buffer, answer);
    case HTTP_TOO_LONG: *answer = write_refusal(&too_long, buffer); return UPGRADE_REFUSED;
    case HTTP_NO_MEMORY: break;
    }
    return UPGRADE_NO_MEMORY;
}
