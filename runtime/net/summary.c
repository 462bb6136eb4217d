/* SPDX-License-Identifier: MIT */
#include "runtime/net/summary.h"

#include "runtime/net/option_values.h"

#include <inttypes.h>

static void print_text(FILE *out, enum option option, struct slice value) {
    fprintf(out, "%s = %.*s\n", option_rows[option].name, SLICE_ARG(value));
}

static void print_listeners(FILE *out, const struct options *options) {
    char text[ENDPOINT_TEXT];
    for (unsigned i = 0; i < options->listen_count; i++)
        fprintf(out, "%s = udp:%s\n", option_rows[OPTION_LISTEN].name, endpoint_text(&options->listen[i], text));
}

static void print_presets(FILE *out, const struct options *options) {
    for (unsigned i = 0; i < options->settings.preset_count; i++)
        fprintf(out, "%s = %.*s=%.*s\n", option_rows[OPTION_ENV].name, SLICE_ARG(options->presets[i].name),
                SLICE_ARG(options->presets[i].value));
}

static void print_exempt(FILE *out, const struct options *options) {
    char text[IP_TEXT];
    for (unsigned i = 0; i < options->settings.exempt_count; i++)
        fprintf(out, "%s = %s/%u\n", option_rows[OPTION_BLOCK_EXEMPT].name, ip_format(&options->exempt[i].ip, text),
                options->exempt[i].prefix);
}

static void print_option(FILE *out, const struct options *options, enum option option) {
    if (option == OPTION_LISTEN)
        print_listeners(out, options);
    else if (option == OPTION_ENV)
        print_presets(out, options);
    else if (option == OPTION_BLOCK_EXEMPT)
        print_exempt(out, options);
    else if (option == OPTION_DOMAIN)
        for (unsigned i = 0; i < options->settings.domain_count; i++)
            print_text(out, option, options->domains[i]);
    else if (option == OPTION_REALM)
        print_text(out, option, options->settings.realm);
    else if (options->texts[option])
        print_text(out, option, slice_of(options->texts[option]));
}

void summary_print(FILE *out, const struct options *options, const struct image *image) {
    fprintf(out, "# %s: %u rules, hash %016" PRIx64 "\n", options->plan, image->rule_count, image->header->plan_hash);
    for (unsigned i = 0; i < OPTION_COUNT; i++)
        print_option(out, options, (enum option)i);
}

/* Does an instruction do this? `b` is its operand, -1 for any. */
static bool does(const struct image *image, enum opcode op, int a, int b) {
    for (uint32_t pc = 0; pc < image->code_count; pc++)
        if (image->code[pc].op == op && image->code[pc].a == a && (b < 0 || image->code[pc].b == b))
            return true;
    return false;
}

void summary_warn(FILE *out, const struct options *options, const struct image *image) {
    if (!options->settings.failover && does(image, OP_FAILOVER, 0, -1))
        fputs("fovrun: warning: the plan uses failover, but --failover=off: only first attempts are made\n", out);
    if (does(image, OP_SET, 0, VARIABLE_RTP))
        fputs("fovrun: warning: the plan sets $rtp, but this server relays no media: it goes from end to end\n", out);
}
