/* SPDX-License-Identifier: MIT */
/* A name server that says what it is told to, for tests. Its zone is text, a line for each record or behaviour:
 *
 *   NAME A|AAAA ADDRESS                     NAME silent                  no answer at all
 *   NAME SRV PRIORITY WEIGHT PORT TARGET    NAME servfail, NAME refused
 *   NAME NAPTR ORDER PREFERENCE FLAGS SERVICE REPLACEMENT
 *   NAME CNAME TARGET                       NAME truncated               over UDP: nothing but "ask over TCP"
 *                                           NAME delayed MILLISECONDS
 * TTLs are 60 s, an SOA says 30 s. A name that nothing is said of, nor of one below it, does not exist. */
#ifndef FOV_TESTS_LIVE_DNS_ZONE_H
#define FOV_TESTS_LIVE_DNS_ZONE_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ZONE_LINES = 128, ZONE_TEXT = 256, ZONE_MESSAGE = 4096 };

static struct zone_line {
    char name[ZONE_TEXT], type[16], values[5][ZONE_TEXT];
    int count;
} zone_lines[ZONE_LINES];
static unsigned zone_count;

struct zone_reply {
    uint8_t bytes[ZONE_MESSAGE];
    size_t length;            /* 0: no answer */
    unsigned delay;           /* ms */
    char question[ZONE_TEXT]; /* for a log: "example.net SRV" */
};

static void zone_add(const char *text) {
    struct zone_line *line = &zone_lines[zone_count];
    memset(line, 0, sizeof *line);
    line->count = sscanf(text, "%255s %15s %255s %255s %255s %255s %255s", line->name, line->type, line->values[0],
                         line->values[1], line->values[2], line->values[3], line->values[4]) -
                  2;
    if (line->count >= 0 && line->name[0] != '#' && zone_count + 1 < ZONE_LINES)
        zone_count++;
}

static int zone_type(const char *name) {
    static const struct {
        const char *name;
        int type;
    } types[] = {{"A", 1}, {"CNAME", 5}, {"AAAA", 28}, {"SRV", 33}, {"NAPTR", 35}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].type;
    return 0;
}

static const char *zone_type_name(int type) {
    return type == 1 ? "A" : type == 28 ? "AAAA" : type == 33 ? "SRV" : type == 35 ? "NAPTR" : "?";
}

static const struct zone_line *zone_behaviour(const char *name, const char *what) {
    for (unsigned i = 0; i < zone_count; i++)
        if (strcasecmp(zone_lines[i].name, name) == 0 && strcmp(zone_lines[i].type, what) == 0)
            return &zone_lines[i];
    return NULL;
}

static bool zone_exists(const char *name) {
    size_t length = strlen(name);
    for (unsigned i = 0; i < zone_count; i++) {
        size_t own = strlen(zone_lines[i].name);
        if (own >= length && strcasecmp(zone_lines[i].name + own - length, name) == 0 &&
            (own == length || zone_lines[i].name[own - length - 1] == '.'))
            return true;
    }
    return false;
}

static void zone_put(struct zone_reply *reply, unsigned number, unsigned bytes) {
    while (bytes--)
        reply->bytes[reply->length++] = (uint8_t)(number >> 8 * bytes);
}

static void zone_put_name(struct zone_reply *reply, const char *name) {
    while (*name && strcmp(name, ".") != 0) {
        size_t label = strcspn(name, ".");
        zone_put(reply, (unsigned)label, 1);
        memcpy(reply->bytes + reply->length, name, label);
        reply->length += label;
        name += label + (name[label] == '.');
    }
    zone_put(reply, 0, 1);
}

static void zone_put_string(struct zone_reply *reply, const char *text) {
    zone_put(reply, (unsigned)strlen(text), 1);
    memcpy(reply->bytes + reply->length, text, strlen(text));
    reply->length += strlen(text);
}

static void zone_put_record(struct zone_reply *reply, const struct zone_line *line, const char *owner) {
    int type = zone_type(line->type);
    zone_put_name(reply, owner);
    zone_put(reply, (unsigned)type, 2);
    zone_put(reply, 1, 2);
    zone_put(reply, 60, 4);
    size_t at = reply->length;
    zone_put(reply, 0, 2);
    if (type == 1 || type == 28) {
        inet_pton(type == 1 ? AF_INET : AF_INET6, line->values[0], reply->bytes + reply->length);
        reply->length += type == 1 ? 4 : 16;
    } else if (type == 5) {
        zone_put_name(reply, line->values[0]);
    } else {
        for (int i = 0; i < (type == 33 ? 3 : 2); i++)
            zone_put(reply, (unsigned)atoi(line->values[i]), 2);
        if (type == 35) {
            zone_put_string(reply, line->values[2]);
            zone_put_string(reply, line->values[3]);
            zone_put_string(reply, "");
        }
        zone_put_name(reply, line->values[type == 33 ? 3 : 4]);
    }
    reply->bytes[at] = (uint8_t)((reply->length - at - 2) >> 8);
    reply->bytes[at + 1] = (uint8_t)(reply->length - at - 2);
}

static unsigned zone_put_records(struct zone_reply *reply, const char *name, int type) {
    unsigned count = 0;
    for (unsigned i = 0; i < zone_count; i++) {
        const struct zone_line *line = &zone_lines[i];
        if (strcasecmp(line->name, name) != 0 || reply->length > ZONE_MESSAGE - 1024)
            continue;
        if (zone_type(line->type) == type) {
            zone_put_record(reply, line, name);
            count++;
        } else if (zone_type(line->type) == 5) {
            zone_put_record(reply, line, name);
            count += 1 + zone_put_records(reply, line->values[0], type);
        }
    }
    return count;
}

/* The name of the question, as text; its end, or 0. */
static size_t zone_read_name(const uint8_t *bytes, size_t length, char name[ZONE_TEXT]) {
    size_t at = 12, to = 0;
    while (at < length && bytes[at]) {
        size_t label = bytes[at];
        if (label > 63 || at + label >= length || to + label + 2 > ZONE_TEXT)
            return 0;
        if (to)
            name[to++] = '.';
        memcpy(name + to, bytes + at + 1, label);
        to += label;
        at += label + 1;
    }
    name[to] = '\0';
    return at + 5 <= length ? at + 1 : 0;
}

static void zone_answer(struct zone_reply *reply, const uint8_t *bytes, size_t length, bool tcp) {
    char name[ZONE_TEXT];
    size_t end = length > 12 ? zone_read_name(bytes, length, name) : 0;
    reply->length = 0;
    reply->delay = 0;
    reply->question[0] = '\0';
    if (!end)
        return;
    int type = bytes[end] << 8 | bytes[end + 1];
    snprintf(reply->question, sizeof reply->question, "%.200s %s%s", name, zone_type_name(type), tcp ? " tcp" : "");
    const struct zone_line *delayed = zone_behaviour(name, "delayed");
    reply->delay = delayed ? (unsigned)atoi(delayed->values[0]) : 0;
    if (zone_behaviour(name, "silent"))
        return;
    memcpy(reply->bytes, bytes, end + 4);
    memset(reply->bytes + 6, 0, 6);
    reply->length = end + 4;
    bool truncated = !tcp && zone_behaviour(name, "truncated");
    unsigned failure = zone_behaviour(name, "servfail") ? 2 : zone_behaviour(name, "refused") ? 5 : 0;
    unsigned count = truncated || failure ? 0 : zone_put_records(reply, name, type);
    reply->bytes[2] = (uint8_t)(0x84 | (bytes[2] & 1) | (truncated ? 2 : 0));
    reply->bytes[3] = (uint8_t)(0x80 | (failure ? failure : zone_exists(name) ? 0 : 3));
    reply->bytes[6] = (uint8_t)(count >> 8);
    reply->bytes[7] = (uint8_t)count;
    if (count || truncated || failure)
        return;
    reply->bytes[9] = 1; /* an SOA record */
    zone_put_name(reply, "example.net");
    zone_put(reply, 6, 2);
    zone_put(reply, 1, 2);
    zone_put(reply, 60, 4);
    zone_put(reply, 13 + 5 + 20, 2);
    zone_put_name(reply, "example.net");
    zone_put_name(reply, "who");
    for (int i = 0; i < 5; i++)
        zone_put(reply, 30, 4);
}

#endif
