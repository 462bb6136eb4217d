/* SPDX-License-Identifier: MIT */
#include "runtime/net/report.h"

#include "runtime/state/health.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static void add_text(struct line *line, const char *name, struct slice text) {
    line_member(line, name);
    line_json(line, text);
}

static void add_number(struct line *line, const char *name, uint64_t number) {
    line_member(line, name);
    line_number(line, number);
}

static void add_truth(struct line *line, const char *name, bool truth) {
    line_member(line, name);
    line_add(line, truth ? SLICE("true") : SLICE("false"));
}

static void add_counters(struct line *line, const struct counters *counters) {
    line_member(line, "counters");
    line_byte(line, '{');
    for (unsigned i = 0; i < COUNTER_COUNT; i++)
        add_number(line, counter_rows[i].name, counters->values[i]);
    line_add(line, SLICE("},"));
    line_add(line, SLICE("\"causes\":{"));
    for (enum cause i = CAUSE_NONE + 1; i < CAUSE_COUNT; i++)
        add_number(line, causes[i], counters->causes[i]);
    line_byte(line, '}');
}

static void answer_status(const struct report *report, struct line *line) {
    const struct proxy_status now = proxy_status(report->proxy, report->now);
    char hash[17];
    snprintf(hash, sizeof hash, "%016" PRIx64, report->image->header->plan_hash);
    line_byte(line, '{');
    add_text(line, "version", SLICE(FOV_VERSION));
    add_number(line, "pid", (uint64_t)getpid());
    add_number(line, "uptime_s", (report->now - report->started) / 1000);
    add_truth(line, "draining", report->draining);
    add_text(line, "plan", slice_of(report->plan));
    add_number(line, "rules", report->image->rule_count);
    add_text(line, "hash", slice_of(hash));
    add_number(line, "calls", now.calls);
    add_number(line, "sessions", now.sessions);
    add_number(line, "transactions", now.transactions);
    add_number(line, "registrations", now.registrations);
    add_number(line, "blocks", now.blocks);
    add_number(line, "targets", now.targets);
    add_counters(line, report->counters);
    line_add(line, SLICE("}\n"));
}

static struct slice state_of(const struct health_target *target, uint64_t now) {
    if (!target->until)
        return target->failures ? SLICE("failed") : SLICE("behind");
    return target->trial ? SLICE("trial") : now < target->until ? SLICE("held") : SLICE("due");
}

/* Of the monotonic clock, as of the wall clock; 0: there is none. */
static void add_time(const struct report *report, const char *name, uint64_t time, struct line *line) {
    line_member(line, name);
    if (time)
        line_number(line, (uint64_t)(report->unix_ms + (int64_t)time - (int64_t)report->now));
    else
        line_add(line, SLICE("null"));
}

static void add_target(const struct report *report, const struct health_target *target, struct line *line) {
    char at[ENDPOINT_TEXT];
    line_byte(line, '{');
    add_text(line, "address", slice_of(endpoint_text(&target->at, at)));
    add_text(line, "transport", slice_of(transports[target->at.transport].name));
    add_text(line, "state", state_of(target, report->now));
    add_number(line, "failures", target->failures);
    add_time(report, "until_ms", target->until, line);
    add_time(report, "behind_ms", report->now < target->behind ? target->behind : 0, line);
    add_text(line, "cause", slice_of(causes[target->cause]));
    line_add(line, SLICE("}\n"));
}

static void answer_targets(const struct report *report, struct line *line) {
    const struct health *health = proxy_health(report->proxy);
    line_byte(line, '{');
    add_number(line, "targets", health_count(health, report->now));
    line_add(line, SLICE("}\n"));
    for (const struct health_target *target = health_first(health, report->now); target;
         target = health_next(target, report->now))
        add_target(report, target, line);
}

void report_answer(const struct report *report, struct slice question, struct line *line) {
    if (slice_equal(question, SLICE("status")))
        answer_status(report, line);
    else if (slice_equal(question, SLICE("targets")))
        answer_targets(report, line);
}

void report_log(const struct counters *counters, struct log *log) {
    char text[LOG_LINE_MAX];
    size_t length = (size_t)snprintf(text, sizeof text, "event=counters");
    for (unsigned i = 0; i < COUNTER_COUNT && length < sizeof text; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, " %s=%" PRIu64, counter_rows[i].name,
                                   counters->values[i]);
    for (enum cause i = CAUSE_NONE + 1; i < CAUSE_COUNT && length < sizeof text; i++)
        length +=
            (size_t)snprintf(text + length, sizeof text - length, " cause-%s=%" PRIu64, causes[i], counters->causes[i]);
    log_line(log, LOG_NOTICE, slice_of(text));
}
