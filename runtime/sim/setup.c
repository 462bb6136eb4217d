/* SPDX-License-Identifier: MIT */
#include "runtime/sim/setup.h"

bool setup_listen(struct story *story, struct slice text) {
    size_t colon = slice_find(text, 0, ':');
    enum transport transport = reader_stream(slice_cut(text, 0, colon));
    bool stream = transport != TRANSPORT_NONE;
    return reader_place(&story->listeners[story->settings.listener_count++], slice_from(text, stream ? colon + 1 : 0),
                        stream ? transport : TRANSPORT_UDP);
}

static void read_listen(struct reader *reader, struct slice value) {
    if (reader->story->settings.listener_count == STORY_LISTENERS_MAX)
        reader_wrong(reader, "at most %d listeners", STORY_LISTENERS_MAX);
    else if (!setup_listen(reader->story, value))
        reader_wrong(reader, "'%.*s' is no [tcp:|tls:|ws:|wss:]ADDRESS[:PORT]", SLICE_ARG(value));
}

static void read_advertise(struct reader *reader, struct slice value) {
    struct proxy_settings *settings = &reader->story->settings;
    size_t colon = value.len && value.at[0] == '[' ? slice_find(value, 0, ']') + 1 : slice_find(value, 0, ':');
    uint64_t port = 0;
    if (colon < value.len && !slice_number(slice_from(value, colon + 1), 65535, &port))
        reader_wrong(reader, "'%.*s' is no HOST[:PORT]", SLICE_ARG(value));
    settings->advertise = slice_cut(value, 0, colon);
    settings->advertise_port = (uint16_t)port;
}

static void read_env(struct reader *reader, struct slice value) {
    struct proxy_settings *settings = &reader->story->settings;
    size_t equals = slice_find(value, 0, '=');
    if (equals == value.len || settings->preset_count == STORY_PRESETS_MAX)
        reader_wrong(reader, "it is written: env=NAME=VALUE, at most %d times", STORY_PRESETS_MAX);
    else
        reader->story->presets[settings->preset_count++] =
            (struct preset){slice_cut(value, 0, equals), slice_from(value, equals + 1)};
}

static void read_exempt(struct reader *reader, struct slice value) {
    struct proxy_settings *settings = &reader->story->settings;
    if (settings->exempt_count == STORY_EXEMPT_MAX)
        reader_wrong(reader, "at most %d exemptions", STORY_EXEMPT_MAX);
    else if (!ip_block_parse(&reader->story->exempt[settings->exempt_count++], value))
        reader_wrong(reader, "'%.*s' is no ADDRESS[/BITS]", SLICE_ARG(value));
}
/* Each reader answers whether the option is one of its kind. */

static bool read_time(struct reader *reader, struct slice name, struct slice value) {
    enum { SECOND = 1000 };
    struct proxy_settings *settings = &reader->story->settings;
    const struct {
        const char *name;
        uint32_t *time;
        uint32_t unit; /* ms */
    } options[] = {
        {"t1", &settings->timers.t1, 1},
        {"t2", &settings->timers.t2, 1},
        {"t4", &settings->timers.t4, 1},
        {"timer-c", &settings->timer_c, 1},
        {"max-session", &settings->max_session, 1},
        {"block-time", &settings->block_time, 1},
        {"hold-down", &settings->hold_down, 1},
        {"nat-keepalive", &settings->keepalive, 1},
        {"store-delay", &reader->story->store_delay, 1},
        {"min-expires", &settings->expires_least, SECOND},
        {"default-expires", &settings->expires_default, SECOND},
        {"max-expires", &settings->expires_most, SECOND},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (!slice_equal(name, slice_of(options[i].name)))
            continue;
        if (!duration_parse(options[i].time, value))
            reader_wrong(reader, "'%.*s' is no time", SLICE_ARG(value));
        *options[i].time /= options[i].unit;
        return true;
    }
    return false;
}

static bool read_number(struct reader *reader, struct slice name, struct slice value) {
    struct proxy_settings *settings = &reader->story->settings;
    const struct {
        const char *name;
        unsigned *number;
    } options[] = {
        {"max-contacts", &settings->contacts_max},
        {"max-registrations", &settings->registrations_max},
        {"blocks-max", &settings->blocks_max},
    };
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (!slice_equal(name, slice_of(options[i].name)))
            continue;
        if (!slice_number(value, UINT32_MAX, &number))
            reader_wrong(reader, "'%.*s' is no number", SLICE_ARG(value));
        *options[i].number = (unsigned)number;
        return true;
    }
    return false;
}

/* The words that fovrun's option of that name may have. */
static const char *words_of(struct slice name) {
    static const struct {
        const char *name, *argument;
    } rows[] = {
#define OPTION(ID, letter, title, KIND, choices, fallback, doc) {title, choices},
#include "grammar/options.def"
    };
    size_t i = 0;
    while (!slice_equal(name, slice_of(rows[i].name)))
        i++;
    return rows[i].argument;
}

static bool read_choice(struct reader *reader, struct slice name, struct slice value) {
    struct proxy_settings *settings = &reader->story->settings;
    const struct {
        const char *name;
        bool *truth;
        int truth_is; /* the place of its word */
    } options[] = {
        {"failover", &settings->failover, 0},
        {"record-route", &settings->record_route, 0},
        {"relay", &settings->relay_all, 1},
        {"keepalive-with", &settings->keepalive_options, 1},
        {"auth", NULL, 0},
        {"auth-digest", NULL, 0},
    };
    size_t i = 0;
    while (i < sizeof options / sizeof *options && !slice_equal(name, slice_of(options[i].name)))
        i++;
    if (i == sizeof options / sizeof *options)
        return false;
    int choice = choice_named(words_of(name), value);
    if (choice < 0)
        reader_wrong(reader, "'%.*s' is none of %s", SLICE_ARG(value), words_of(name));
    else if (options[i].truth)
        *options[i].truth = choice == options[i].truth_is;
    else if (slice_equal(name, SLICE("auth")))
        settings->auth = (enum auth_scope)choice;
    else
        settings->auth_digest = (enum auth_digest)choice;
    return true;
}

static bool read_text(struct reader *reader, struct slice name, struct slice value) {
    if (slice_equal(name, SLICE("realm")))
        reader->story->settings.realm = value;
    else if (slice_equal(name, SLICE("domain")))
        reader->story->domain = value;
    else if (slice_equal(name, SLICE("listen")))
        read_listen(reader, value);
    else if (slice_equal(name, SLICE("advertise")))
        read_advertise(reader, value);
    else if (slice_equal(name, SLICE("env")))
        read_env(reader, value);
    else if (slice_equal(name, SLICE("block-exempt")))
        read_exempt(reader, value);
    else
        return false;
    return true;
}

void setup_read(struct reader *reader, struct slice rest) {
    struct slice word;
    bool quoted;
    while (reader_word(&rest, &word, &quoted)) {
        size_t equals = slice_find(word, 0, '=');
        struct slice name = slice_cut(word, 0, equals), value = slice_from(word, equals + 1);
        if (equals == word.len)
            reader_wrong(reader, "an option is written NAME=VALUE: '%.*s'", SLICE_ARG(word));
        else if (!read_time(reader, name, value) && !read_number(reader, name, value) &&
                 !read_choice(reader, name, value) && !read_text(reader, name, value))
            reader_wrong(reader, "no option is called '%.*s'", SLICE_ARG(name));
    }
}
