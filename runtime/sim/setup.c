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

static void read_delay(struct reader *reader, struct slice value) {
    if (!duration_parse(&reader->story->store_delay, value))
        reader_wrong(reader, "'%.*s' is no time", SLICE_ARG(value));
}

/* One that fovrun has, too. */
static void read_option(struct reader *reader, struct slice name, struct slice value) {
    struct settings_reader *options = &reader->story->options;
    enum option option = option_named(name);
    if (option == OPTION_COUNT || !settings_has(option)) {
        reader_wrong(reader, "no option is called '%.*s'", SLICE_ARG(name));
        return;
    }
    struct slice kept = arena_copy(reader->arena, value);
    const char *expected = kept.at ? settings_read(options, option, kept.at) : NULL;
    reader->out_of_memory |= !kept.at || options->out_of_memory;
    if (expected)
        reader_wrong(reader, "'%.*s' cannot be '%.*s', expected %s", SLICE_ARG(name), SLICE_ARG(value), expected);
}

void setup_read(struct reader *reader, struct slice rest) {
    struct slice word;
    bool quoted;
    while (reader_word(&rest, &word, &quoted)) {
        size_t equals = slice_find(word, 0, '=');
        struct slice name = slice_cut(word, 0, equals), value = slice_from(word, equals + 1);
        if (equals == word.len)
            reader_wrong(reader, "an option is written NAME=VALUE: '%.*s'", SLICE_ARG(word));
        else if (slice_equal(name, SLICE("listen")))
            read_listen(reader, value);
        else if (slice_equal(name, SLICE("store-delay")))
            read_delay(reader, value);
        else
            read_option(reader, name, value);
    }
}
