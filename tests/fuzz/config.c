/* SPDX-License-Identifier: MIT */
/* The door of configurations: any text is read, or refused with errors that no terminal can be harmed by; and what was
 * read without an error stays within what the options may be. Anything else aborts. */
#include "tests/fuzz/config.h"

#include "runtime/net/config.h"

#include <stdlib.h>

static void judge_messages(const char *bytes, size_t length) {
    struct slice text = {bytes, length};
    uint32_t point;
    for (size_t at = 0; at < length;) {
        unsigned size = utf8_read(text, at, &point);
        if (size == 0 || (utf8_is_control(point) && point != '\n'))
            abort();
        at += size;
    }
}

static void judge_spans(const struct config *config) {
    for (unsigned i = 0; i < OPTION_COUNT; i++) {
        struct span span = config->places[i];
        if (span.source && (span.start > span.end || span.end > config->source.text.len))
            abort();
    }
}

static void judge_options(const struct options *options) {
    const struct proxy_settings *settings = &options->settings;
    enum { DAY = 24 * 3600 };
    for (unsigned i = 0; i < settings->preset_count; i++)
        if (settings->presets[i].name.len == 0 || settings->presets[i].value.len == 0)
            abort();
    for (unsigned i = 0; i < settings->domain_count; i++)
        if (settings->domains[i].len == 0)
            abort();
    if (settings->expires_most > DAY || settings->timers.t1 > DAY * 1000u || settings->contacts_max == 0 ||
        settings->blocks_max == 0 || settings->auth > AUTH_ALL || options->listen_count == 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct options options = {0};
    struct config config;
    struct option_conflict conflicts[OPTION_CONFLICTS_MAX];
    char *messages = NULL;
    size_t length = 0;
    FILE *errors = open_memstream(&messages, &length);
    if (!errors)
        return 0;
    arena_init(&options.arena, NULL, 0, 0);
    option_store_fallbacks(&options);
    if (config_parse(&config, &options, "nowhere/fovrun.conf", (struct slice){(const char *)data, size}) != 0)
        abort();
    option_complete(&options);
    for (unsigned count = option_conflicts(&options, conflicts); count; count--)
        config_report(&config, &conflicts[count - 1]);
    if (diag_print(&config.diags, errors, false) != 0)
        abort();
    fclose(errors);
    if ((config.diags.errors != 0) > (length != 0))
        abort();
    judge_messages(messages, length);
    judge_spans(&config);
    if (config.diags.errors == 0)
        judge_options(&options);
    arena_free(&options.arena);
    free(messages);
    return 0;
}
