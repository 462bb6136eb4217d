/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/answer.h"

#include "runtime/proxy/record.h"
#include "runtime/proxy/response.h"
#include "runtime/sip/reply.h"

#include <errno.h>

static void write_record(struct request *request, unsigned code) {
    struct proxy *proxy = request->proxy;
    if (!request->call)
        return;
    if (code)
        proxy_count(proxy, code / 100 == 2 ? COUNTER_ANSWERED : COUNTER_FAILED);
    const struct record record = {
        .request = request->message,
        .source = &request->packet->source,
        .rule = request->outcome.rule,
        .user = request->user,
        .log = request->outcome.log,
        .uri = request->route.uri,
        .started = request->packet->now,
        .started_unix = request->packet->unix_ms,
        .now = request->packet->now,
        .code = code,
    };
    record_write(proxy, &record);
}

static void send(struct request *request, unsigned code, struct slice bytes) {
    struct proxy *proxy = request->proxy;
    uint64_t now = request->packet->now;
    int error = bytes.at ? 0 : -ENOMEM;
    if (!request->server && bytes.at) {
        struct sip_flow flow = packet_flow(request->packet), reply = reply_flow(request->message, &flow);
        proxy->world->send(proxy->world->context, &reply, bytes);
    } else if (request->server && bytes.at) {
        /* -ENOMEM: sent, but it cannot be repeated */
        error = server_respond(request->server, code, bytes, now);
    } else if (request->server) {
        server_silence(request->server, now);
    }
    if (error == -ENOMEM)
        proxy_count(proxy, COUNTER_NO_MEMORY);
}

struct slice answer_build(struct request *request, unsigned code, const char *reason, const struct event_field *own) {
    struct arena *scratch = &request->proxy->scratch;
    const struct reply reply = {
        .code = code,
        .reason = slice_of(reason),
        .to_tag = {request->tag, TAG_LENGTH},
        .headers = response_lines(scratch, request->outcome.replies, own),
    };
    if (!reply.headers.at)
        return SLICE_NULL;
    return reply_build(scratch, request->message, &request->packet->source, &reply);
}

void answer_send(struct request *request, unsigned code, const char *reason, struct slice bytes) {
    struct proxy *proxy = request->proxy;
    struct sip_message *message = request->message;
    send(request, code, bytes);
    if (code >= 300)
        proxy_count(proxy, COUNTER_REJECTED);
    EVENT(proxy, code >= 300 ? LOG_INFO : LOG_DEBUG, "answer", message->call_id, request->outcome.rule,
          {"method", message->method_name}, {"uri", message->uri},
          {"source", event_endpoint(proxy, &request->packet->source)}, {"code", event_number(proxy, code)},
          {"reason", slice_of(reason)});
    write_record(request, code);
}

void answer_final(struct request *request, unsigned code, const char *reason, const struct event_field *own) {
    struct proxy *proxy = request->proxy;
    struct sip_message *message = request->message;
    if (message->method == METHOD_ACK) { /* nothing answers an ACK */
        proxy_count(proxy, COUNTER_STRAY_ACKS);
        EVENT(proxy, LOG_DEBUG, "ack-dropped", message->call_id, -1, {"code", event_number(proxy, code)});
        return;
    }
    answer_send(request, code, reason, answer_build(request, code, reason, own));
}

void answer_no_memory(struct request *request) {
    proxy_count(request->proxy, COUNTER_NO_MEMORY);
    answer_final(request, 500, NULL, NULL);
}

void answer_nothing(struct request *request) {
    struct proxy *proxy = request->proxy;
    struct sip_message *message = request->message;
    server_silence(request->server, request->packet->now);
    EVENT(proxy, LOG_INFO, "drop", message->call_id, request->outcome.rule, {"method", message->method_name},
          {"uri", message->uri}, {"source", event_endpoint(proxy, &request->packet->source)});
    write_record(request, 0);
}
