/* SPDX-License-Identifier: MIT */
#include "runtime/net/config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static const char everything[] = "\xEF\xBB\xBF# a comment\r\n"
                                 "plan = plans/office.bin\r\n"
                                 "\tdomain\t= example.com\r\n"
                                 "domain = example.org\r\n"
                                 "listen = udp:127.0.0.1:5070 \r\n"
                                 "env = site=berlin\r\n"
                                 "block-exempt = 10.0.0.0/8\r\n"
                                 "cdr = /var/log/calls.json\r\n"
                                 "t1 = 1s";

/* With at most `limit` bytes of memory, 0: as much as it takes. */
static int parse(struct config *config, struct options *options, const char *text, size_t limit) {
    *options = (struct options){0};
    arena_init(&options->arena, NULL, 0, limit);
    option_store_fallbacks(options);
    return config_parse(config, options, "etc/fovrun.conf", slice_of(text));
}

Test(config, says_what_the_command_line_can_say) {
    struct config config;
    struct options o;
    cr_assert_eq(parse(&config, &o, everything, 0), 0);
    cr_assert_eq(config.diags.count, 0);
    cr_expect_str_eq(o.plan, "etc/plans/office.bin", "beside the file");
    cr_expect_str_eq(o.cdr, "/var/log/calls.json");
    cr_expect_str_eq(o.state_dir, "/var/lib/fov", "not said");
    cr_assert(o.settings.domain_count == 2 && o.listen_count == 1 && o.settings.preset_count == 1);
    cr_expect(slice_equal(o.settings.domains[1], SLICE("example.org")) && o.listen[0].port == 5070);
    cr_expect(slice_equal(o.settings.presets[0].value, SLICE("berlin")) && o.settings.exempt_count == 1);
    cr_expect_eq(o.settings.timers.t1, 1000);
    options_free(&o);
}

Test(config, tells_every_error_of_a_file_in_one_run) {
    struct config config;
    struct options o;
    cr_assert_eq(parse(&config, &o, "t1 = 1s\nt1 = 2s\nt3 = 1s\nt2 = x\nt4\nhelp = on\n[x]\n", 0), 0);
    cr_expect_eq(config.diags.errors, 6);
    cr_expect_eq(o.settings.timers.t1, 1000, "the first one");
    options_free(&o);
}

Test(config, is_empty_or_has_comments_alone) {
    static const char *const texts[] = {"", "\n", "  \n\t\n", "#", "# plan = x\n \t# y", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct config config;
        struct options o;
        cr_assert_eq(parse(&config, &o, texts[i], 0), 0);
        cr_expect(config.diags.count == 0 && !o.plan, "text %zu", i);
        options_free(&o);
    }
}

Test(config, wherever_memory_runs_out_it_is_told) {
    bool short_of_memory = true;
    for (size_t limit = 1; short_of_memory; limit += 8) {
        struct config config;
        struct options o;
        int result = parse(&config, &o, everything, limit);
        short_of_memory = result == -ENOMEM || o.out_of_memory;
        cr_assert(short_of_memory || (result == 0 && o.settings.domain_count == 2 && o.settings.presets), "%zu bytes",
                  limit);
        options_free(&o);
        cr_assert_lt(limit, 100000);
    }
}

Test(config, that_cannot_be_read_is_named_by_its_error) {
    struct config config;
    struct options o = {.config = "/nowhere/fovrun.conf"};
    cr_expect_eq(config_read(&config, &o), -ENOENT);
    arena_init(&o.arena, NULL, 0, 0);
    o.config = "/dev/zero";
    cr_expect_eq(config_read(&config, &o), -EFBIG);
    o.config = "/";
    cr_expect_eq(config_read(&config, &o), -EISDIR);
    options_free(&o);
}
