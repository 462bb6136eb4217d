/* SPDX-License-Identifier: MIT */
#include "runtime/net/upgrade_request.h"

#include <stdio.h>

enum { NAME_MAX_LENGTH = 253 }; /* of a host; longer ones no name server knows */

/* RFC 6455 4.1: the port only when it is not the usual one. */
static struct slice write_host(const struct endpoint *remote, struct slice name, char *buffer, size_t size) {
    char text[IP_TEXT];
    bool brackets = remote->ip.family == 6;
    int length = name.len && name.len <= NAME_MAX_LENGTH
                     ? snprintf(buffer, size, "%.*s", SLICE_ARG(name))
                     : snprintf(buffer, size, brackets ? "[%s]" : "%s", ip_format(&remote->ip, text));
    if (remote->port != transports[remote->transport].port)
        length += snprintf(buffer + length, size - (size_t)length, ":%u", remote->port);
    return (struct slice){buffer, (size_t)length};
}

struct slice upgrade_request_write(const char key[WEBSOCKET_KEY], const struct endpoint *remote, struct slice name,
                                   char buffer[UPGRADE_REQUEST_MAX]) {
    char host[NAME_MAX_LENGTH + sizeof ":65535"];
    int length = snprintf(buffer, UPGRADE_REQUEST_MAX,
                          "GET / HTTP/1.1\r\n"
                          "Host: %.*s\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Key: %.*s\r\n"
                          "Sec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Protocol: sip\r\n\r\n",
                          SLICE_ARG(write_host(remote, name, host, sizeof host)), WEBSOCKET_KEY, key);
    return (struct slice){buffer, (size_t)length};
}

/* Once, and nothing else. */
static bool says(const struct http_head *head, enum http_field field, struct slice value) {
    return head->counts[field] == 1 && slice_equal(head->values[field], value);
}

static bool is_interim(const struct http_head *head) {
    return head->words[1].len == 3 && head->words[1].at[0] == '1' && !slice_equal(head->words[1], SLICE("101"));
}

/* RFC 6455 4.1, in its order; what a redirection or a challenge asks for is not done. Null: there is none. */
static struct slice find_fault(const struct http_head *head, const char key[WEBSOCKET_KEY]) {
    char accept[WEBSOCKET_ACCEPT];
    if (!slice_equal(head->words[1], SLICE("101")) || !slice_equal(head->words[0], SLICE("HTTP/1.1")))
        return head->start;
    if (head->counts[HTTP_UPGRADE] != 1 || !slice_same(head->values[HTTP_UPGRADE], SLICE("websocket")) ||
        !head->upgrades)
        return SLICE("it does not change to a WebSocket");
    websocket_key_accept((struct slice){key, WEBSOCKET_KEY}, accept);
    if (!says(head, HTTP_ACCEPT, (struct slice){accept, sizeof accept}))
        return SLICE("its Sec-WebSocket-Accept is not for our key");
    if (head->values[HTTP_EXTENSIONS].len)
        return SLICE("it uses extensions that were not offered");
    if (!says(head, HTTP_PROTOCOL, SLICE("sip"))) /* RFC 7118 4.1 */
        return SLICE("it does not speak the protocol sip");
    return SLICE_NULL;
}

enum upgrade_verdict upgrade_request_judge(struct slice text, const char key[WEBSOCKET_KEY], struct slice *fault) {
    struct http_head head;
    bool http = http_head_read(&head, text) && slice_starts(head.words[0], SLICE("HTTP/"));
    if (http && is_interim(&head))
        return UPGRADE_MORE;
    *fault = http ? find_fault(&head, key) : SLICE("its answer is not HTTP");
    return fault->at ? UPGRADE_REFUSED : UPGRADE_ACCEPTED;
}

enum upgrade_verdict upgrade_request_next(struct http_collector *collector, const char key[WEBSOCKET_KEY],
                                          struct slice *input, struct slice *fault) {
    enum upgrade_verdict verdict;
    do {
        switch (http_collect(collector, input)) {
        case HTTP_MORE: return UPGRADE_MORE;
        case HTTP_WHOLE: verdict = upgrade_request_judge(http_collected(collector), key, fault); break;
        case HTTP_TOO_LONG: *fault = SLICE("the head of its answer is too long"); return UPGRADE_REFUSED;
        case HTTP_NO_MEMORY: return UPGRADE_NO_MEMORY;
        }
        if (verdict == UPGRADE_MORE)
            http_collector_free(collector);
    } while (verdict == UPGRADE_MORE);
    return verdict;
}
