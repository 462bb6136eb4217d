/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/event.h"

#include "runtime/proxy/line.h"

enum { TITLE_MAX = 256 };

bool event_wanted(const struct proxy *proxy, enum log_level level) {
    return level <= proxy->settings->log_level;
}

static void add_field(struct line *line, const char *key, struct slice value) {
    if (!value.at)
        return;
    if (line->len)
        line_byte(line, ' ');
    line_add(line, slice_of(key));
    line_byte(line, '=');
    line_logfmt(line, value);
}

struct slice event_rule(struct proxy *proxy, int32_t rule) {
    char buffer[TITLE_MAX];
    if (rule < 0)
        return SLICE_NULL;
    return arena_copy(&proxy->scratch, slice_of(image_rule_title(proxy->image, (uint32_t)rule, buffer, sizeof buffer)));
}

struct slice event_plan_line(struct proxy *proxy, struct image_text file, uint32_t line) {
    struct slice name = image_layout_text(proxy->image, file);
    return slice_of(arena_printf(&proxy->scratch, "%.*s%s%u", SLICE_ARG(name), name.len ? ":" : "", line));
}

struct slice event_rule_line(struct proxy *proxy, int32_t rule) {
    if (rule < 0)
        return SLICE_NULL;
    const struct image_label *label = &proxy->image->labels[rule];
    return event_plan_line(proxy, label->file, label->line);
}

struct slice event_number(struct proxy *proxy, uint64_t number) {
    return slice_of(arena_printf(&proxy->scratch, "%llu", (unsigned long long)number));
}

struct slice event_address(struct proxy *proxy, const struct ip_address *ip) {
    char buffer[IP_TEXT];
    return arena_copy(&proxy->scratch, slice_of(ip_format(ip, buffer)));
}

struct slice event_endpoint(struct proxy *proxy, const struct endpoint *endpoint) {
    char buffer[ENDPOINT_TEXT];
    return arena_copy(&proxy->scratch, slice_of(endpoint_text(endpoint, buffer)));
}

/* The calendar by days: years start in March, so that the leap day is the last one. */
struct slice event_time(struct proxy *proxy, int64_t unix_ms) {
    if (unix_ms < 0)
        unix_ms = 0;
    uint64_t ms = (uint64_t)unix_ms, second = ms / 1000 % 86400, day = ms / 86400000 + 719468;
    uint64_t era = day / 146097, of_era = day % 146097;
    uint64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint64_t of_year = of_era - (365 * year + year / 4 - year / 100), march = (5 * of_year + 2) / 153;
    uint64_t month = march < 10 ? march + 3 : march - 9;
    return slice_of(arena_printf(&proxy->scratch, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
                                 (unsigned)(era * 400 + year + (month <= 2)), (unsigned)month,
                                 (unsigned)(of_year - (153 * march + 2) / 5 + 1), (unsigned)(second / 3600),
                                 (unsigned)(second / 60 % 60), (unsigned)(second % 60), (unsigned)(ms % 1000)));
}

void event_log(struct proxy *proxy, const struct event *event, const struct event_field *fields) {
    struct line line;
    line_init(&line, &proxy->scratch);
    add_field(&line, "event", slice_of(event->name));
    add_field(&line, "call-id", event->call_id);
    add_field(&line, "rule", event_rule(proxy, event->rule));
    add_field(&line, "rule-line", event_rule_line(proxy, event->rule));
    for (; fields->key; fields++)
        add_field(&line, fields->key, fields->value);
    if (!line.failed)
        proxy->world->log(proxy->world->context, event->level, line_slice(&line));
}
