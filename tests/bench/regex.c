/* SPDX-License-Identifier: MIT */
/* Patterns as dial plans have them, against the matcher and PCRE2 side by side in one run:
 * nanoseconds for a search with captures, the best of several rounds, and the ratio to PCRE2's JIT.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "runtime/regex/match.h"

#include <pcre2.h>
#include <stdio.h>
#include <time.h>

enum { ROUNDS = 9, SEARCHES = 20000 };

static const struct {
    const char *pattern, *subject;
} cases[] = {
    {"^INVITE", "INVITE sip:112@example.com:5060 SIP/2.0"},
    {"^REGISTER", "INVITE sip:112@example.com:5060 SIP/2.0"},
    {"sip:(11[02])@", "<sip:112@192.168.0.100>"},
    {"sip:(11[02])@", "\"Alice\" <sip:4711@example.com>;tag=88sja8x"},
    {"sip:(9.+)@", "<sip:90123456789@gateway.example.com:5060>"},
    {"sip:(.+)@gw1[ >;]*", "<sip:0123456789@gw1>"},
    {"sip:(.+)[ >;]*", "<sip:0123456789@192.168.0.1>"},
    {"sip:0(.+)@", "<sip:0123456789@example.com;user=phone>"},
    {"(.+)", "192.168.0.1"},
    {"^sip:\\+?(\\d{3,15})@([^;>:]+)", "sip:+4930123456@sip.example.com;transport=udp"},
    {"192\\.168\\.0\\.1$", "192.168.0.1"},
    {"friendly-scanner|sipcli", "Linphone/3.6.1 (eXosip2/4.1.0)"},
    {"(?i)friendly-scanner|sipcli|sipvicious", "Linphone/3.6.1 (eXosip2/4.1.0)"},
    {"^(?:sip:)?(?<user>[^@]+)@(?:a|b|c)\\.example\\.com$", "sip:alice.liddell@b.example.com"},
    {"^[0-5]$", "70"},
    {"^0[0-7]:", "13:05:09"},
    {"^(?!.*anonymous).*;tag=(\\w+)", "\"Bob\" <sip:bob@biloxi.example.com>;tag=a6c85cf"},
    {"branch=(z9hG4bK[^;,]*)",
     "SIP/2.0/UDP pc33.atlanta.example.com:5060;rport;branch=z9hG4bK776asdhds;received=1.2.3.4"},
};

struct contest {
    struct slice subject;
    struct rx_program program;
    struct rx_scratch *scratch;
    pcre2_code *plain, *jit;
    pcre2_match_data *data;
};

static volatile int sink;

static void search_ours(struct contest *contest) {
    struct rx_group groups[IMAGE_GROUPS_MAX + 1];
    uint64_t steps = 1000000;
    sink += rx_search(&contest->program, contest->subject, NULL, groups, &steps, contest->scratch);
}

static void search_plain(struct contest *contest) {
    sink +=
        pcre2_match(contest->plain, (PCRE2_SPTR)contest->subject.at, contest->subject.len, 0, 0, contest->data, NULL);
}

static void search_jit(struct contest *contest) {
    sink += pcre2_match(contest->jit, (PCRE2_SPTR)contest->subject.at, contest->subject.len, 0, 0, contest->data, NULL);
}

static double nanoseconds(void (*search)(struct contest *), struct contest *contest) {
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        for (int i = 0; i < SEARCHES; i++)
            search(contest);
        clock_gettime(CLOCK_MONOTONIC, &to);
        double each = ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) / SEARCHES;
        if (each < best)
            best = each;
    }
    return best;
}

static pcre2_code *compile_pcre(const char *pattern) {
    int error;
    PCRE2_SIZE place;
    return pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, 0, &error, &place, NULL);
}

static int contest_open(struct contest *contest, struct arena *arena, const char *pattern, const char *subject) {
    struct rx_input input = {.text = slice_of(pattern)};
    struct rx_problem problem;
    struct rx_tree *tree;
    unsigned count;
    contest->subject = slice_of(subject);
    contest->plain = compile_pcre(pattern);
    contest->jit = compile_pcre(pattern);
    if (!contest->plain || !contest->jit || pcre2_jit_compile(contest->jit, PCRE2_JIT_COMPLETE) != 0 ||
        !(contest->data = pcre2_match_data_create_from_pattern(contest->plain, NULL)))
        return -1;
    return rx_parse(&tree, arena, &input, &problem, 1, &count) || rx_build(&contest->program, arena, tree) ? -1 : 0;
}

int main(void) {
    struct rx_scratch *scratch = rx_scratch_new();
    printf("%8s %8s %8s %8s\n", "fov", "JIT", "PCRE2", "fov/JIT");
    double worst = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena;
        struct contest contest = {.scratch = scratch};
        arena_init(&arena, NULL, 0, 0);
        if (!scratch || contest_open(&contest, &arena, cases[i].pattern, cases[i].subject) != 0)
            return 1;
        double ours = nanoseconds(search_ours, &contest), jit = nanoseconds(search_jit, &contest);
        double plain = nanoseconds(search_plain, &contest);
        printf("%7.1f  %7.1f  %7.1f  %7.2f   %s\n", ours, jit, plain, ours / jit, cases[i].pattern);
        worst = ours / jit > worst ? ours / jit : worst;
        pcre2_match_data_free(contest.data);
        pcre2_code_free(contest.plain);
        pcre2_code_free(contest.jit);
        arena_free(&arena);
    }
    printf("nanoseconds for a search; the worst ratio is %.2f\n", worst);
    rx_scratch_free(scratch);
    return 0;
}
