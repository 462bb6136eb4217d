/* SPDX-License-Identifier: MIT */
#include "runtime/net/summary.h"

#include "runtime/plan/survey.h"

#include <inttypes.h>

static void print_text(FILE *out, enum option option, struct slice value) {
    fprintf(out, "%s = %.*s\n", option_rows[option].name, SLICE_ARG(value));
}

static void print_listeners(FILE *out, const struct options *options) {
    char text[ENDPOINT_TEXT];
    for (unsigned i = 0; i < options->listen_count; i++)
        fprintf(out, "%s = %s:%s\n", option_rows[OPTION_LISTEN].name, transports[options->listen[i].transport].word,
                endpoint_text(&options->listen[i], text));
}

static void print_files(FILE *out, enum option option, const char *const *files, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        print_text(out, option, slice_of(files[i]));
}

static void print_resolvers(FILE *out, const struct options *options) {
    char text[ENDPOINT_TEXT];
    for (unsigned i = 0; i < options->resolver_count; i++)
        fprintf(out, "%s = %s\n", option_rows[OPTION_RESOLVER].name, endpoint_text(&options->resolvers[i], text));
}

static void print_presets(FILE *out, const struct options *options) {
    for (unsigned i = 0; i < options->settings.preset_count; i++)
        fprintf(out, "%s = %.*s=%.*s\n", option_rows[OPTION_ENV].name, SLICE_ARG(options->settings.presets[i].name),
                SLICE_ARG(options->settings.presets[i].value));
}

static void print_exempt(FILE *out, const struct options *options) {
    char text[IP_TEXT];
    for (unsigned i = 0; i < options->settings.exempt_count; i++)
        fprintf(out, "%s = %s/%u\n", option_rows[OPTION_BLOCK_EXEMPT].name,
                ip_format(&options->settings.exempt[i].ip, text), options->settings.exempt[i].prefix);
}

static void print_option(FILE *out, const struct options *options, enum option option) {
    if (option == OPTION_LISTEN)
        print_listeners(out, options);
    else if (option == OPTION_TLS_CERTIFICATE)
        print_files(out, option, options->tls.certificates, options->tls.certificate_count);
    else if (option == OPTION_TLS_KEY)
        print_files(out, option, options->keys, options->key_count);
    else if (option == OPTION_RESOLVER)
        print_resolvers(out, options);
    else if (option == OPTION_ENV)
        print_presets(out, options);
    else if (option == OPTION_BLOCK_EXEMPT)
        print_exempt(out, options);
    else if (option == OPTION_DOMAIN)
        for (unsigned i = 0; i < options->settings.domain_count; i++)
            print_text(out, option, options->settings.domains[i]);
    else if (option == OPTION_WS_ORIGIN)
        for (unsigned i = 0; i < options->ws_origins.origin_count; i++)
            print_text(out, option, options->origins[i]);
    else if (option == OPTION_REALM)
        print_text(out, option, options->settings.realm);
    else if (options->texts[option])
        print_text(out, option, slice_of(options->texts[option]));
}

void summary_print(FILE *out, const struct options *options, const struct image *image) {
    fprintf(out, "# %s: %u rule%s, hash %016" PRIx64 "\n", options->plan, image->rule_count,
            image->rule_count == 1 ? "" : "s", image->header->plan_hash);
    for (unsigned i = 0; i < OPTION_COUNT; i++)
        print_option(out, options, (enum option)i);
}

/* "12", in an included file "sub/other.txt:12". */
static void print_line(FILE *out, const struct image *image, uint32_t pc) {
    const struct image_line *line = image_line_at(image, pc);
    struct slice file = line ? image_layout_text(image, line->file) : SLICE_EMPTY;
    fprintf(out, "%.*s%s%u", SLICE_ARG(file), file.len ? ":" : "", line ? line->line : 0);
}

bool summary_refuse(FILE *out, const struct options *options, const struct image *image) {
    struct slice value;
    for (uint32_t pc = 0; survey_constant(image, VARIABLE_RTP, &pc, &value); pc++) {
        if (!slice_same(value, SLICE("true")))
            continue;
        fprintf(out, "fovrun: %s: line ", options->plan);
        print_line(out, image, pc);
        fputs(" says $rtp = true, but this server relays no media: it goes from end to end\n", out);
        return true;
    }
    return false;
}

/* A wildcard listener has whatever address the machine has, now or later. */
static bool is_listened_on(const struct options *options, const struct ip_address *ip) {
    for (unsigned i = 0; i < options->listen_count; i++) {
        const struct ip_address *listener = &options->listen[i].ip;
        if (ip_equal(listener, ip) || (ip_is_unspecified(listener) && listener->family == ip->family))
            return true;
    }
    return false;
}

static void warn_address(FILE *out, const struct options *options, const struct image *image, enum variable variable) {
    struct slice value;
    struct ip_address ip;
    for (uint32_t pc = 0; survey_constant(image, variable, &pc, &value); pc++) {
        if (!ip_parse(&ip, value) || is_listened_on(options, &ip))
            continue;
        fputs("fovrun: warning: line ", out);
        print_line(out, image, pc);
        fprintf(out, " says $%s = %.*s, and there is no listener at that address: such calls fail\n",
                variables[variable].name, SLICE_ARG(value));
    }
}

void summary_warn(FILE *out, const struct options *options, const struct image *image) {
    if (!options->settings.failover && survey_uses_failover(image))
        fputs("fovrun: warning: the plan uses failover, but --failover=off: only first attempts are made\n", out);
    warn_address(out, options, image, VARIABLE_IFDST);
    warn_address(out, options, image, VARIABLE_IFSRC);
}
