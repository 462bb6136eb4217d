/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/record.h"

#include "runtime/proxy/event.h"
#include "runtime/proxy/line.h"

static void add_text(struct line *line, const char *key, struct slice value) {
    line_member(line, key);
    if (value.at)
        line_json(line, value);
    else
        line_add(line, SLICE("null"));
}

static void add_number(struct line *line, const char *key, uint64_t number) {
    line_member(line, key);
    line_number(line, number);
}

static void add_attempt(struct line *line, struct proxy *proxy, const struct attempt *attempt) {
    const struct target *target = attempt->target;
    line_byte(line, '{');
    add_text(line, "uri", attempt_uri(attempt));
    if (attempt->remote.ip.family) {
        add_text(line, "destination", event_endpoint(proxy, &attempt->remote));
        add_text(line, "transport", slice_of(transports[attempt->remote.transport].name));
    } else {
        add_text(line, "destination", target->hop);
    }
    if (attempt->cause)
        add_text(line, "cause", slice_of(causes[attempt->cause]));
    if (attempt->code)
        add_number(line, "code", attempt->code);
    add_number(line, "start_ms", attempt->start);
    if (attempt->first != UINT32_MAX)
        add_number(line, "first_response_ms", attempt->first);
    if (attempt->end != UINT32_MAX)
        add_number(line, "end_ms", attempt->end);
    line_byte(line, '}');
}

static const char *result(const struct record *record) {
    if (record->cancelled && record->code / 100 != 2)
        return "cancelled";
    return record->code == 0 ? "dropped" : record->code / 100 == 2 ? "answered" : "failed";
}

static struct slice header(const struct sip_message *request, enum header id) {
    return request->first[id] ? scan_value(request, request->first[id] - 1u) : SLICE_NULL;
}

static void write_json(struct proxy *proxy, const struct record *record) {
    const struct sip_message *request = record->request;
    struct line line;
    line_init(&line, &proxy->scratch);
    line_byte(&line, '{');
    add_text(&line, "time", event_time(proxy, record->started_unix));
    add_text(&line, "call_id", request->call_id);
    add_text(&line, "from", header(request, HEADER_FROM));
    add_text(&line, "to", header(request, HEADER_TO));
    add_text(&line, "request_uri", record->uri);
    add_text(&line, "source", event_endpoint(proxy, record->source));
    if (record->user.at)
        add_text(&line, "user", record->user);
    add_text(&line, "rule", event_rule(proxy, record->rule));
    add_text(&line, "rule_line", event_rule_line(proxy, record->rule));
    if (record->log.len)
        add_text(&line, "log", record->log);
    line_member(&line, "attempts");
    line_byte(&line, '[');
    for (const struct attempt *attempt = record->attempts; attempt; attempt = attempt->next) {
        if (attempt != record->attempts)
            line_byte(&line, ',');
        add_attempt(&line, proxy, attempt);
    }
    line_byte(&line, ']');
    add_text(&line, "result", slice_of(result(record)));
    add_number(&line, "final", record->code);
    add_number(&line, "duration_ms", record->now - record->started);
    line_byte(&line, '}');
    if (!line.failed)
        proxy->world->record(proxy->world->context, line_slice(&line));
}

void record_write(struct proxy *proxy, const struct record *record) {
    unsigned count = 0;
    for (const struct attempt *attempt = record->attempts; attempt; attempt = attempt->next)
        count++;
    EVENT(proxy, LOG_INFO, "call-end", record->request->call_id, record->rule,
          {"source", event_endpoint(proxy, record->source)}, {"user", record->user},
          {"result", slice_of(result(record))}, {"code", event_number(proxy, record->code)},
          {"attempts", event_number(proxy, count)}, {"ms", event_number(proxy, record->now - record->started)},
          {"log", record->log.len ? record->log : SLICE_NULL});
    if (proxy->world->record)
        write_json(proxy, record);
}
