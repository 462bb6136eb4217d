/* SPDX-License-Identifier: MIT */
#include "runtime/sim/story.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/sim/blocked.h"
#include "runtime/sim/contacts.h"
#include "runtime/sim/people.h"
#include "runtime/sim/sayings.h"
#include "runtime/sim/setup.h"

void reader_wrong(struct reader *reader, const char *format, ...) {
    char message[300];
    va_list arguments;
    if (reader->story->wrong)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    reader->story->wrong_line = reader->number;
    reader->story->wrong = arena_printf(reader->arena, "%s", message);
    if (!reader->story->wrong)
        reader->story->wrong = "out of memory";
}

bool reader_word(struct slice *rest, struct slice *word, bool *quoted) {
    struct slice s = slice_trim(*rest);
    *quoted = s.len && s.at[0] == '"';
    if (s.len == 0)
        return false;
    if (*quoted) {
        size_t end = slice_find(s, 1, '"');
        *word = slice_cut(s, 1, end);
        *rest = slice_from(s, end + 1);
        return true;
    }
    size_t end = 0;
    while (end < s.len && s.at[end] != ' ' && s.at[end] != '\t')
        end++;
    *word = slice_cut(s, 0, end);
    *rest = slice_from(s, end);
    return true;
}

/* A comment behind a blank goes, outside quotes. */
static struct slice without_comment(struct slice line) {
    bool quoted = false;
    for (size_t i = 0; i < line.len; i++) {
        quoted ^= line.at[i] == '"';
        if (!quoted && line.at[i] == '#' && (i == 0 || line.at[i - 1] == ' ' || line.at[i - 1] == '\t'))
            return slice_trim(slice_cut(line, 0, i));
    }
    return line;
}

static bool next_line(struct reader *reader) {
    if (reader->rest.len == 0)
        return false;
    size_t end = slice_find(reader->rest, 0, '\n');
    reader->line = slice_cut(reader->rest, 0, end);
    reader->rest = slice_from(reader->rest, end + 1);
    while (reader->line.len && strchr(" \t\r", reader->line.at[reader->line.len - 1]))
        reader->line.len--;
    reader->number++;
    return true;
}

static bool is_indented(struct slice line) {
    return line.len && (line.at[0] == ' ' || line.at[0] == '\t');
}

bool reader_endpoint(struct endpoint *endpoint, struct slice text) {
    size_t host = text.len && text.at[0] == '[' ? slice_find(text, 0, ']') + 1 : slice_find(text, 0, ':');
    uint64_t port = 5060;
    *endpoint = (struct endpoint){.transport = TRANSPORT_UDP};
    if (!ip_parse(&endpoint->ip, slice_cut(text, 0, host)))
        return false;
    if (host < text.len && (text.at[host] != ':' || !slice_number(slice_from(text, host + 1), 65535, &port) || !port))
        return false;
    endpoint->port = (uint16_t)port;
    return true;
}

const struct story_party *story_party_named(const struct story *story, struct slice name) {
    for (const struct story_party *party = story->parties; party; party = party->next)
        if (slice_equal(party->name, name))
            return party;
    return NULL;
}

enum transport reader_stream(struct slice word) {
    enum transport transport = TRANSPORT_UDP + 1;
    while (transport < TRANSPORT_COUNT && !slice_equal(word, slice_of(transports[transport].word)))
        transport++;
    return transport;
}

bool reader_place(struct endpoint *endpoint, struct slice text, enum transport transport) {
    bool good = reader_endpoint(endpoint, text);
    size_t host = text.len && text.at[0] == '[' ? slice_find(text, 0, ']') + 1 : slice_find(text, 0, ':');
    endpoint->transport = (uint8_t)transport;
    if (good && host == text.len)
        endpoint->port = transports[transport].port;
    return good;
}

static void read_place(struct reader *reader, struct endpoint *place, struct slice text, enum transport transport) {
    if (!reader_place(place, text, transport))
        reader_wrong(reader, "'%.*s' is no ADDRESS[:PORT]", SLICE_ARG(text));
}

/* What stands behind a party's address. */
static void read_manner(struct reader *reader, struct story_party *party, struct slice address, struct slice rest) {
    struct slice word, to;
    bool quoted, more = reader_word(&rest, &word, &quoted);
    enum transport transport = more ? reader_stream(word) : TRANSPORT_NONE;
    if (transport != TRANSPORT_NONE)
        more = reader_word(&rest, &word, &quoted);
    else
        transport = TRANSPORT_UDP;
    read_place(reader, &party->at, address, transport);
    party->browser = endpoint_is_web(&party->at);
    if (more && party->browser && slice_equal(word, SLICE("server"))) {
        party->browser = false;
        more = reader_word(&rest, &word, &quoted);
    }
    if (more && (!slice_equal(word, SLICE("to")) || !reader_word(&rest, &to, &quoted)))
        reader_wrong(reader,
                     "behind a party's address may stand 'tcp', 'tls', 'ws' or 'wss' (or 'ws server'), and where "
                     "it sends to: to ADDRESS[:PORT]");
    else if (more)
        read_place(reader, &party->listener, to, transport);
}

static void add_party(struct reader *reader, struct slice name, struct slice address, struct slice rest) {
    struct story_party *party = arena_alloc(reader->arena, sizeof *party);
    if (!party) {
        reader->out_of_memory = true;
        return;
    }
    party->name = name;
    read_manner(reader, party, address, rest);
    party->next = reader->story->parties; /* the newest of a name counts */
    reader->story->parties = party;
}

static void read_party(struct reader *reader, struct slice rest) {
    struct slice name, address;
    bool quoted;
    if (reader_word(&rest, &name, &quoted) && reader_word(&rest, &address, &quoted))
        add_party(reader, name, address, rest);
    else
        reader_wrong(reader, "a party has a name and an address: party carrier 192.0.2.7");
}

/* The block below `plan`, kept at its lines, so that the compiler's messages point into this file. */
static void read_plan(struct reader *reader, struct slice rest) {
    struct slice name;
    bool quoted;
    if (reader_word(&rest, &name, &quoted)) {
        reader->story->plan_file = name;
        return;
    }
    const char *start = reader->rest.at;
    size_t size = 0, before = reader->number;
    while (reader->rest.len) {
        struct slice line = slice_cut(reader->rest, 0, slice_find(reader->rest, 0, '\n'));
        if (slice_trim(line).len && !is_indented(line))
            break;
        next_line(reader);
        size = (size_t)(reader->rest.at - start);
    }
    char *text = arena_bytes(reader->arena, before + size);
    if (!text) {
        reader->out_of_memory = true;
        return;
    }
    memset(text, '\n', before);
    memcpy(text + before, start, size);
    reader->story->plan = (struct slice){text, before + size};
    reader->story->plan_file = SLICE_NULL;
}

static void read_clock(struct reader *reader, struct slice rest) {
    int year, month, day, hour, minute, second, end = 0;
    char text[32];
    snprintf(text, sizeof text, "%.*s", SLICE_ARG(slice_trim(rest)));
    if (sscanf(text, "%4d-%2d-%2d %2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second, &end) != 6 ||
        text[end] || year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 59)
        reader_wrong(reader, "a clock is set like this: clock 2026-11-22 09:30:00");
    else
        reader->story->unix_ms = sim_unix_ms(year, month, day, hour, minute, second);
}

static void read_gap(struct reader *reader, struct slice rest) {
    struct sim_gap *gap = arena_alloc(reader->arena, sizeof *gap);
    struct slice word;
    bool quoted;
    if (!gap) {
        reader->out_of_memory = true;
        return;
    }
    if (!reader_word(&rest, &word, &quoted) || !slice_equal(word, SLICE("route")) ||
        !reader_word(&rest, &word, &quoted) || !slice_equal(word, SLICE("to")) || !reader_word(&rest, &word, &quoted) ||
        !ip_block_parse(&gap->block, word))
        reader_wrong(reader, "it is written: no route to 192.0.2.0/24");
    gap->next = reader->story->gaps;
    reader->story->gaps = gap;
}

static void read_fails(struct reader *reader, struct slice rest) {
    struct slice text;
    bool quoted;
    if (!reader_word(&rest, &text, &quoted) || !quoted)
        reader_wrong(reader, "it is written: fails \"part of the message\"");
    else
        reader->story->fails = text;
}

static bool read_setting(struct reader *reader, struct slice word, struct slice rest) {
    static const struct {
        const char *name;
        void (*read)(struct reader *, struct slice);
    } settings[] = {
        {"plan", read_plan},
        {"party", read_party},
        {"options", setup_read},
        {"clock", read_clock},
        {"no", read_gap},
        {"fails", read_fails},
        {"host", sayings_read_host},
        {"dns", sayings_read},
        {"user", people_read_user},
        {"alias", people_read_alias},
        {"registered", contacts_read},
        {"block", blocked_read},
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (slice_equal(word, slice_of(settings[i].name))) {
            settings[i].read(reader, rest);
            return true;
        }
    return false;
}

/* What every story may rely on; `options` and `party` lines change it. */
static void set_defaults(struct reader *reader) {
    struct story *story = reader->story;
    story->unix_ms = sim_unix_ms(2026, 11, 23, 9, 30, 0); /* a Monday */
    story->settings = (struct proxy_settings){
        .timers = {.t1 = 500, .t2 = 4000, .t4 = 5000},
        .timer_c = 185000,
        .failover = true,
        .record_route = true,
        .log_level = LOG_DEBUG,
        .realm = SLICE("fov.example"),
        .auth = AUTH_REGISTER,
        .expires_least = 60,
        .expires_default = 3600,
        .expires_most = 7200,
        .contacts_max = 10,
        .registrations_max = 1000,
        .flow_timer = 240,
        .keepalive = 0,
        .max_session = 12 * 3600 * 1000,
        .block_time = 3600 * 1000,
        .blocks_max = 1000,
    };
    add_party(reader, SLICE("caller"), SLICE("198.51.100.1"), SLICE_EMPTY);
    add_party(reader, SLICE("first"), SLICE("192.0.2.101"), SLICE_EMPTY);
    add_party(reader, SLICE("second"), SLICE("192.0.2.102"), SLICE_EMPTY);
    add_party(reader, SLICE("third"), SLICE("192.0.2.103"), SLICE_EMPTY);
}

static void close_story(struct story *story) {
    struct proxy_settings *settings = &story->settings;
    if (settings->listener_count == 0) {
        setup_listen(story, SLICE("203.0.113.1"));
        setup_listen(story, SLICE("[2001:db8::1]"));
        setup_listen(story, SLICE("tcp:203.0.113.1"));
        setup_listen(story, SLICE("tcp:[2001:db8::1]"));
        setup_listen(story, SLICE("tls:203.0.113.1"));
        setup_listen(story, SLICE("tls:[2001:db8::1]"));
    }
    settings->listeners = story->listeners;
    for (unsigned i = 0; i < settings->listener_count; i++)
        story->addresses[i] = story->listeners[i].ip;
    settings->addresses = story->addresses;
    settings->address_count = settings->listener_count;
    if (settings->domain_count == 0)
        settings_read(&story->options, OPTION_DOMAIN, "fov.example");
}

static struct story *begin_story(struct reader *reader, const struct story *common, const char *file,
                                 struct slice rest) {
    struct story *story = arena_alloc(reader->arena, sizeof *story);
    bool quoted;
    if (!story)
        return NULL;
    *story = *common;
    settings_go_on(&story->options, &story->settings);
    reader->out_of_memory |= story->options.out_of_memory;
    story->file = file;
    story->line = reader->number;
    story->steps_end = &story->steps;
    reader->story = story;
    reader->step = NULL;
    if (!reader_word(&rest, &story->title, &quoted) || !quoted || slice_trim(rest).len)
        reader_wrong(reader, "a story has a title in quotes: story \"a busy target leads to the next\"");
    return story;
}

static void read_line(struct reader *reader, const struct story *common) {
    struct slice line = without_comment(reader->line), word, rest = line;
    bool quoted;
    if (is_indented(reader->line)) {
        if (reader->step)
            reader_field(reader);
        else
            reader_wrong(reader, "this line is indented, but no line above it takes any");
        return;
    }
    reader->line = line;
    reader->step = NULL;
    reader_word(&rest, &word, &quoted);
    if (read_setting(reader, word, rest))
        return;
    if (reader->story == common)
        reader_wrong(reader, "this stands before the first story, where only settings may stand");
    else
        reader_step(reader);
}

struct story *story_read(struct arena *arena, const char *file, struct slice text) {
    struct story common = {0}, *stories = NULL, **end = &stories;
    struct reader reader = {.arena = arena, .rest = text, .story = &common};
    common.options = (struct settings_reader){.settings = &common.settings, .arena = arena};
    set_defaults(&reader);
    while (next_line(&reader) && !reader.out_of_memory) {
        struct slice rest = reader.line, word;
        bool quoted;
        struct slice bare = slice_trim(reader.line);
        if (bare.len == 0 || bare.at[0] == '#')
            continue;
        if (!is_indented(rest) && reader_word(&rest, &word, &quoted) && slice_equal(word, SLICE("story"))) {
            *end = begin_story(&reader, &common, file, without_comment(rest));
            if (!*end)
                return NULL;
            end = &(*end)->next;
            continue;
        }
        read_line(&reader, &common);
    }
    for (struct story *story = stories; story; story = story->next) {
        close_story(story);
        reader.out_of_memory |= story->options.out_of_memory;
    }
    return reader.out_of_memory ? NULL : stories;
}
