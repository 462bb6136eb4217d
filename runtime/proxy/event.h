/* SPDX-License-Identifier: MIT */
/* The log: one event per line, logfmt, always with the Call-ID and the rule. */
#ifndef FOV_RUNTIME_PROXY_EVENT_H
#define FOV_RUNTIME_PROXY_EVENT_H

#include "runtime/proxy/core.h"

struct event_field {
    const char *key;
    struct slice value; /* null: the field is left out */
};

struct event {
    enum log_level level;
    const char *name;
    struct slice call_id; /* null: no call is concerned */
    int32_t rule;         /* of the image; -1 for none */
};

bool event_wanted(const struct proxy *proxy, enum log_level level);
/* `fields` end with a NULL key. Memory is the scratch arena's; a line that cannot be written is
 * lost. */
void event_log(struct proxy *proxy, const struct event *event, const struct event_field *fields);
/* For fields, in the scratch arena; null when out of memory. */
struct slice event_number(struct proxy *proxy, uint64_t number);
struct slice event_address(struct proxy *proxy, const struct ip_address *ip);
struct slice event_endpoint(struct proxy *proxy, const struct endpoint *endpoint);
struct slice event_time(struct proxy *proxy, int64_t unix_ms); /* RFC 3339 in UTC */
/* "name" or "rule 3"; the null slice for -1. */
struct slice event_rule(struct proxy *proxy, int32_t rule);
/* Where it starts in the plan: "12", in an included file "sub/other.txt:12". */
struct slice event_rule_line(struct proxy *proxy, int32_t rule);
struct slice event_plan_line(struct proxy *proxy, struct image_text file, uint32_t line);

/* EVENT(proxy, level, name, call_id, rule, {key, value}, ...): the fields are made only when
 * somebody reads them. */
#define EVENT(proxy, level, name, call_id, rule, ...)                                                                  \
    do {                                                                                                               \
        if (event_wanted(proxy, level))                                                                                \
            event_log(proxy, &(const struct event){level, name, call_id, rule},                                        \
                      (const struct event_field[]){__VA_ARGS__, {NULL, {NULL, 0}}});                                   \
    } while (0)

#endif
