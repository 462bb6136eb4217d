/* SPDX-License-Identifier: MIT */
#include "runtime/sim/story.h"

#include <criterion/criterion.h>

static struct story *read(struct arena *arena, const char *text) {
    arena_init(arena, NULL, 0, 0);
    return story_read(arena, "file.scn", slice_of(text));
}

Test(story, reads_what_stands_before_the_first_one_into_all) {
    struct arena arena;
    const struct story *story = read(&arena, "# both\n"
                                             "party carrier 192.0.2.7:5080\n"
                                             "options t1=100ms failover=off   # a comment\n"
                                             "plan\n"
                                             "    [Deploy Patterns]\n"
                                             "\n"
                                             "    To = sip:1@192.0.2.7\n"
                                             "\n"
                                             "story \"one\"\n"
                                             "caller > INVITE sip:x\n"
                                             "story \"two # no comment\"\n"
                                             "options t1=2s\n"
                                             "carrier/b < INVITE again at 1s 2s\n");
    cr_assert(story && story->next && !story->next->next);
    const struct story *two = story->next;
    cr_expect(!story->wrong && !two->wrong, "%s %s", story->wrong, two->wrong);
    cr_expect(slice_equal(two->title, SLICE("two # no comment")));
    cr_expect_eq(story->settings.timers.t1, 100u);
    cr_expect_eq(two->settings.timers.t1, 2000u);
    cr_expect(!two->settings.failover);
    cr_expect_eq(two->settings.listener_count, 6);
    cr_expect_eq(story_party_named(two, SLICE("carrier"))->at.port, 5080);
    cr_expect(slice_equal(slice_trim(two->plan), SLICE("[Deploy Patterns]\n\n    To = sip:1@192.0.2.7")), "%.*s",
              SLICE_ARG(two->plan));
    cr_expect_eq(slice_find(two->plan, 4, ' '), 4u, "its lines stand where they stood");
    cr_assert(two->steps);
    cr_expect(two->steps->again && two->steps->when == WHEN_AT && two->steps->time_count == 2);
    cr_expect_eq(two->steps->times[1], 2000u);
    cr_expect(slice_equal(two->steps->call, SLICE("b")));
    arena_free(&arena);
}

Test(story, keeps_bodies_and_checks_with_their_line) {
    struct arena arena;
    const struct story *story = read(&arena, "story \"one\"\n"
                                             "caller > raw\n"
                                             "    | a\\r\\n\\x41\\0\\\\\n"
                                             "    | end\\c\n"
                                             "first < 486 \"Busy now\" INVITE after 1.5s\n"
                                             "    Via ~ ^SIP/2.0\n"
                                             "    X-A !~ b\n"
                                             "    ! Route\n"
                                             "    Via count 2\n"
                                             "    Subject: a: b\n");
    static const char bytes[] = "a\r\nA\0\\\r\nend";
    cr_assert(story && !story->wrong && story->steps && story->steps->next, "%s", story ? story->wrong : "none");
    const struct story_step *raw = story->steps, *expect = raw->next;
    cr_expect(raw->raw && slice_equal(raw->body, (struct slice){bytes, sizeof bytes - 1}));
    cr_expect(expect->code == 486 && slice_equal(expect->reason, SLICE("Busy now")) &&
              slice_equal(expect->method, SLICE("INVITE")) && expect->when == WHEN_AFTER && expect->times[0] == 1500);
    static const enum field_kind kinds[] = {FIELD_MATCHES, FIELD_DIFFERS, FIELD_ABSENT, FIELD_COUNT, FIELD_IS};
    const struct story_field *field = expect->fields;
    for (unsigned i = 0; i < 5; i++, field = field->next) {
        cr_assert(field);
        cr_expect_eq(field->kind, kinds[i]);
        cr_expect_eq(field->line, 6 + i);
    }
    cr_expect_null(field);
    arena_free(&arena);
}

Test(story, a_line_that_cannot_be_read_spoils_its_story_alone) {
    static const struct {
        const char *line, *wrong;
    } table[] = {
        {"nobody > INVITE sip:x", "neither a party"},
        {"caller ! INVITE", "behind a party"},
        {"caller >", "method or a response code"},
        {"caller > (x)", "neither a method nor"},
        {"caller > INVITE sip:x at", "a time must follow"},
        {"caller > INVITE sip:x at 1s 2s", "several times"},
        {"caller > INVITE sip:x sip:y", "no meaning here"},
        {"first icmp time-exceeded", "no ICMP message"},
        {"wait", "it is written"},
        {"log foo", "it is written"},
        {"clock 2026-13-01 00:00:00", "a clock is set"},
        {"no way", "it is written"},
        {"party x", "a party has"},
        {"party x nowhere", "no ADDRESS"},
        {"party x 192.0.2.1 at 203.0.113.1", "where it sends to"},
        {"party x 192.0.2.1 tcp server", "where it sends to"},
        {"party x 192.0.2.1 ws server 203.0.113.1", "where it sends to"},
        {"party x 192.0.2.1 ws server to nowhere", "no ADDRESS"},
        {"party x 192.0.2.1 to nowhere", "no ADDRESS"},
        {"options t1=fast", "'t1' cannot be 'fast', expected a time above zero"},
        {"options store-delay=slow", "no time"},
        {"options relay=some", "'relay' cannot be 'some', expected none|all"},
        {"options listen", "NAME=VALUE"},
        {"options cdr=file", "no option is called 'cdr'"},
        {"fails text", "it is written"},
        {"stop\n    x: y", "takes none"},
        {"jump 1h", "jump ahead 1h, or: jump back 1h"},
        {"caller > BYE\n    x ~ y", "below a line that sends"},
        {"first < BYE\n    + x", "below what must leave"},
        {"record\n    x: y", "below 'record'"},
        {"caller > BYE\n    | \\q", "stands r, n, t"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct arena arena;
        char text[200];
        snprintf(text, sizeof text, "story \"one\"\n%s\nstory \"two\"\nwait 1s\n", table[i].line);
        const struct story *story = read(&arena, text);
        cr_assert(story && story->next);
        cr_expect(story->wrong && strstr(story->wrong, table[i].wrong), "%s: %s", table[i].line, story->wrong);
        cr_expect(story->wrong_line == 2 || story->wrong_line == 3);
        cr_expect_null(story->next->wrong);
        arena_free(&arena);
    }
}

Test(story, a_text_without_a_story_is_none) {
    struct arena arena;
    cr_expect_null(read(&arena, "# nothing\n\nparty x 192.0.2.1\n"));
    arena_free(&arena);
}
