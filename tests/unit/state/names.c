/* SPDX-License-Identifier: MIT */
#include "runtime/state/names.h"

#include "tests/unit/sip/failing_malloc.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { SECOND = 1000, DAY = 24 * 3600 };

static const struct hash_key key = {{1, 2, 3}};
static struct timers *timers;
static struct names *names;
static uint64_t now;
static uint32_t newest; /* id of the newest question */
static unsigned asked, stale, first_stale;
static bool refuses; /* to ask */

struct waiting {
    struct name_waiter waiter;
    unsigned told;
    enum dns_status status;
    unsigned count;
};

static bool ask(void *context, uint32_t id, struct slice name, enum dns_type type) {
    (void)context, (void)name, (void)type;
    newest = id;
    asked++;
    return !refuses;
}

static void on_stale(void *context, struct slice name, bool first, uint64_t at) {
    (void)context, (void)name, (void)at;
    stale++;
    first_stale += first;
}

static void told(struct name_waiter *waiter, const struct dns_answer *answer, uint64_t at) {
    struct waiting *waiting = (struct waiting *)(void *)waiter;
    (void)at;
    waiting->told++;
    waiting->status = answer->status;
    waiting->count = answer->count;
}

static void start(void) {
    const struct names_events events = {.ask = ask, .stale = on_stale};
    timers = timers_new();
    names = names_new(&key, timers, &events);
    now = 1000 * SECOND;
    cr_assert_not_null(names);
}

static void end(void) {
    names_free(names);
    timers_free(timers);
}

TestSuite(names, .init = start, .fini = end);

static struct waiting make(void) {
    return (struct waiting){.waiter = {.told = told}};
}

static const struct dns_answer *find(const char *name, struct waiting *waiting) {
    return names_find(names, slice_of(name), DNS_A, &waiting->waiter, now);
}

static void tell(uint32_t id, enum dns_status status, uint32_t ttl, unsigned count) {
    struct dns_record records[3] = {{.ip = {.family = 4, .bytes = {192, 0, 2, 1}}, .name = SLICE("a target")}};
    names_answered(names, id, &(const struct dns_answer){status, ttl, count, records}, now);
}

static void pass(uint64_t ms) {
    uint64_t until = now + ms;
    while (timers_due(timers) <= until) {
        now = timers_due(timers) > now ? timers_due(timers) : now;
        timers_run(timers, now);
    }
    now = until;
}

/* Asked for and answered, so that it is known. */
static void know(const char *name, enum dns_status status, uint32_t ttl) {
    struct waiting waiting = make();
    cr_assert_null(find(name, &waiting), "%s", name);
    tell(newest, status, ttl, status == DNS_FOUND);
    cr_assert_eq(waiting.told, 1u);
}

Test(names, who_asks_the_same_at_the_same_time_waits_for_one_question) {
    struct waiting first = make(), second = make(), other = make();
    cr_expect_null(find("example.net", &first));
    cr_expect_null(find("EXAMPLE.net", &second), "letter case is no difference");
    cr_expect_eq(asked, 1u);
    uint32_t id = newest;
    cr_expect_null(names_find(names, SLICE("example.net"), DNS_AAAA, &other.waiter, now));
    cr_expect_eq(asked, 2u);
    tell(id, DNS_FOUND, 60, 1);
    cr_expect_eq(first.told + second.told, 2u);
    cr_expect_eq(first.count, 1u);
    cr_expect_eq(other.told, 0u);
    const struct dns_answer *answer = find("example.net", &first);
    cr_assert_not_null(answer);
    cr_expect(slice_equal(answer->records[0].name, SLICE("a target")));
    cr_expect_eq(asked, 2u);
    names_leave(&other.waiter);
}

Test(names, a_thousand_who_want_the_same_name_are_one_question) {
    static struct waiting waiting[1000];
    for (unsigned i = 0; i < 1000; i++) {
        waiting[i] = make();
        cr_assert_null(find("example.net", &waiting[i]));
    }
    cr_expect_eq(asked, 1u);
    for (unsigned i = 0; i < 1000; i += 2)
        names_leave(&waiting[i].waiter);
    tell(newest, DNS_FOUND, 60, 1);
    for (unsigned i = 0; i < 1000; i++)
        cr_expect_eq(waiting[i].told, i % 2);
}

Test(names, who_has_left_is_not_told) {
    struct waiting first = make(), second = make();
    find("a", &first);
    find("a", &second);
    names_leave(&first.waiter);
    names_leave(&first.waiter);
    tell(newest, DNS_FOUND, 60, 1);
    cr_expect_eq(first.told, 0u);
    cr_expect_eq(second.told, 1u);
}

/* RFC 1035, RFC 2308: how long an answer holds, in seconds. */
Test(names, answers_hold_as_long_as_they_say_within_limits) {
    static const struct {
        enum dns_status status;
        uint32_t ttl, holds;
    } rows[] = {
        {DNS_FOUND, 0, NAMES_TTL_LEAST},
        {DNS_FOUND, 30, 30},
        {DNS_FOUND, UINT32_MAX, NAMES_TTL_MOST},
        {DNS_NXDOMAIN, 0, NAMES_ABSENT},
        {DNS_NODATA, 20, 20},
        {DNS_NXDOMAIN, 7200, NAMES_ABSENT_MOST},
        {DNS_SILENT, 0, NAMES_FAILED_TIME},
        {DNS_FAILED, 600, NAMES_FAILED_TIME},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[8];
        struct waiting waiting = make();
        snprintf(name, sizeof name, "n%u", i);
        know(name, rows[i].status, rows[i].ttl);
        now += (uint64_t)rows[i].holds * SECOND - 1;
        const struct dns_answer *answer = find(name, &waiting);
        cr_assert_not_null(answer, "row %u", i);
        cr_expect_eq(answer->status, rows[i].status, "row %u", i);
        now++;
        cr_expect_null(find(name, &waiting), "row %u", i);
        names_leave(&waiting.waiter);
    }
}

/* RFC 8767 */
Test(names, an_old_answer_is_better_than_none) {
    struct waiting waiting = make();
    know("a", DNS_FOUND, 10);
    pass(10 * SECOND);
    cr_expect_null(find("a", &waiting));
    pass(NAMES_STALE_AFTER);
    cr_expect_eq(waiting.told, 1u, "a second is enough");
    cr_expect_eq(waiting.status, DNS_FOUND);
    cr_assert_not_null(find("a", &waiting));
    tell(newest, DNS_SILENT, 0, 0);
    cr_assert_not_null(find("a", &waiting));
    cr_expect_eq(asked, 2u);
    pass(NAMES_FAILED_TIME * SECOND);
    cr_assert_not_null(find("a", &waiting), "it is asked for again, but nobody waits");
    cr_expect_eq(asked, 3u);
    cr_expect_eq(first_stale, 1u);
    cr_expect_eq(stale, 4u);
    tell(newest, DNS_FOUND, 10, 1);
    cr_assert_not_null(find("a", &waiting));
    cr_expect_eq(stale, 4u, "a new answer is no old one");
}

Test(names, an_answer_older_than_a_day_is_none) {
    struct waiting waiting = make();
    know("a", DNS_FOUND, 10);
    pass((10 + (uint64_t)DAY) * SECOND);
    cr_expect_null(find("a", &waiting));
    tell(newest, DNS_SILENT, 0, 0);
    cr_expect_eq(waiting.status, DNS_SILENT);
    cr_expect_eq(stale, 0u);
}

/* However long others may be kept. */
Test(names, the_answer_that_nobody_wants_makes_room) {
    char name[16];
    struct waiting waiting = make();
    know("a-trunk", DNS_FOUND, 60);
    for (unsigned i = 0; i < 2 * NAMES_MAX; i++) {
        snprintf(name, sizeof name, "n%u", i);
        know(name, DNS_FOUND, DAY);
        cr_assert_not_null(find("a-trunk", &waiting), "after %u others", i);
    }
    cr_expect_eq(names_count(names), (unsigned)NAMES_MAX);
    cr_expect_not_null(find("n8191", &waiting));
    cr_expect_not_null(find("n4097", &waiting), "the oldest but one");
    cr_expect_null(find("n4096", &waiting));
    names_leave(&waiting.waiter);
}

/* Whoever has a zone of his own can make long answers. */
Test(names, long_answers_have_less_room) {
    static char text[DNS_NAME_MAX];
    static struct dns_record records[DNS_RECORDS_MAX];
    char name[16];
    memset(text, 'x', sizeof text);
    for (unsigned i = 0; i < DNS_RECORDS_MAX; i++)
        records[i].name = records[i].service = records[i].flags = (struct slice){text, sizeof text};
    for (unsigned i = 0; i < NAMES_MAX; i++) {
        struct waiting waiting = make();
        snprintf(name, sizeof name, "n%u", i);
        cr_assert_null(find(name, &waiting));
        names_answered(names, newest, &(const struct dns_answer){DNS_FOUND, 60, DNS_RECORDS_MAX, records}, now);
    }
    size_t each = sizeof records + 3 * sizeof text * DNS_RECORDS_MAX;
    cr_expect_leq(names_count(names), NAMES_BYTES / each + 1);
    cr_expect_gt(names_count(names), NAMES_BYTES / each - 10);
}

Test(names, questions_are_bounded) {
    static struct waiting waiting[NAMES_ASKED_MAX + 1];
    char name[16];
    for (unsigned i = 0; i <= NAMES_ASKED_MAX; i++) {
        waiting[i] = make();
        snprintf(name, sizeof name, "n%u", i);
        const struct dns_answer *answer = find(name, &waiting[i]);
        cr_expect_eq(answer != NULL, i == NAMES_ASKED_MAX);
        cr_expect(!answer || answer->status == DNS_FAILED);
    }
    cr_expect_eq(names_asked(names), (unsigned)NAMES_ASKED_MAX);
}

Test(names, who_is_a_guest_leaves_half_of_the_questions_to_others) {
    enum { GUESTS = NAMES_ASKED_MAX / 2 };
    static struct waiting waiting[GUESTS + 2];
    char name[16];
    for (unsigned i = 0; i <= GUESTS; i++) {
        waiting[i] = make();
        waiting[i].waiter.guest = true;
        snprintf(name, sizeof name, "n%u", i);
        cr_expect_eq(find(name, &waiting[i]) != NULL, i == GUESTS);
    }
    waiting[GUESTS + 1] = make();
    cr_expect_null(find("ours", &waiting[GUESTS + 1]));
    cr_expect_null(find("n0", &waiting[GUESTS])); /* that is asked already */
    cr_expect_eq(names_asked(names), GUESTS + 1u);
}

Test(names, answers_to_nothing_are_nothing) {
    struct waiting waiting = make();
    tell(0, DNS_FOUND, 10, 1);
    tell(77, DNS_FOUND, 10, 1);
    find("a", &waiting);
    tell(newest, DNS_FOUND, 10, 1);
    tell(newest, DNS_NXDOMAIN, 10, 0);
    cr_expect_eq(waiting.told, 1u);
    cr_expect_eq(names_count(names), 1u);
    cr_expect_eq(names_find(names, SLICE_EMPTY, DNS_A, &waiting.waiter, now)->status, DNS_NXDOMAIN);
}

/* Who is told may ask for the next thing at once. */
static void ask_again(struct name_waiter *waiter, const struct dns_answer *answer, uint64_t at) {
    struct waiting *waiting = (struct waiting *)(void *)waiter;
    (void)answer;
    waiting->told++;
    waiting->waiter.told = told;
    cr_expect_null(names_find(names, SLICE("another"), DNS_A, waiter, at));
}

Test(names, who_is_told_may_ask) {
    struct waiting waiting = {.waiter = {.told = ask_again}}, second = make();
    find("a", &waiting);
    find("a", &second);
    tell(newest, DNS_FOUND, 10, 1);
    cr_expect_eq(second.told, 1u);
    tell(newest, DNS_FOUND, 10, 1);
    cr_expect_eq(waiting.told, 2u);
}

static void ask_in_vain(struct name_waiter *waiter, const struct dns_answer *answer, uint64_t at) {
    char name[16];
    (void)answer;
    refuses = true;
    for (unsigned i = 0; i < NAMES_MAX; i++) {
        snprintf(name, sizeof name, "v%u", i);
        cr_expect_not_null(names_find(names, slice_of(name), DNS_A, waiter, at));
    }
}

/* An old answer is told to all, though what the first of them asks for takes all the room. */
Test(names, an_answer_that_is_being_told_makes_no_room) {
    struct waiting waiting = {.waiter = {.told = ask_in_vain}}, second = make();
    know("a", DNS_FOUND, 10);
    pass(10 * SECOND);
    cr_assert_null(find("a", &waiting));
    cr_assert_null(find("a", &second));
    tell(newest, DNS_FAILED, 0, 0);
    cr_expect_eq(second.status, DNS_FOUND);
    cr_expect_eq(second.count, 1u);
    cr_expect_eq(names_count(names), (unsigned)NAMES_MAX);
}

/* Wherever memory runs out: an answer, or a wait that ends. */
Test(names, lives_without_memory) {
    for (long allowed = 0; allowed < 4; allowed++) {
        char name[8];
        struct waiting waiting = make();
        snprintf(name, sizeof name, "n%ld", allowed);
        allocations_left = allowed;
        const struct dns_answer *answer = find(name, &waiting);
        if (!answer)
            tell(newest, DNS_FOUND, 60, 1);
        allocations_left = LONG_MAX;
        cr_expect(answer ? answer->status == DNS_FAILED : waiting.told == 1);
    }
    struct waiting waiting = make();
    refuses = true;
    cr_assert_not_null(find("refused", &waiting), "nobody could be asked");
    cr_expect_eq(names_asked(names), 0u);
}

Test(names, of_other_servers_is_asked_again_what_the_ones_before_did_not_know) {
    struct waiting waiting = make(), again[3] = {make(), make(), make()};
    know("known.example", DNS_FOUND, 600);
    know("old.example", DNS_FOUND, 1);
    know("absent.example", DNS_NXDOMAIN, 600);
    know("failed.example", DNS_SERVFAIL, 0);
    pass(2 * SECOND);
    cr_expect_null(find("old.example", &waiting));
    tell(newest, DNS_SERVFAIL, 0, 0);
    cr_assert_not_null(find("absent.example", &waiting));
    cr_assert_not_null(find("failed.example", &waiting));
    names_doubt(names, now);
    unsigned before = asked;
    cr_expect_eq(find("known.example", &waiting)->status, DNS_FOUND);
    cr_expect_eq(asked, before);
    cr_expect_null(find("absent.example", &again[0]));
    cr_expect_null(find("failed.example", &again[1]));
    const struct dns_answer *old = find("old.example", &again[2]);
    cr_expect(old && old->status == DNS_FOUND, "old records are good until there are new ones");
    cr_expect_eq(asked, before + 3);
    names_leave(&again[0].waiter);
    names_leave(&again[1].waiter);
}
