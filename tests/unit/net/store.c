/* SPDX-License-Identifier: MIT */
#include "runtime/net/store.h"

#include "runtime/net/loop.h"
#include "tests/unit/net/support/directory.h"
#include "tests/unit/sip/failing_malloc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>

enum { LONG = 20000, TICKETS = 4096 }; /* ms that only a broken machine takes */

static struct log lines;
static char said[64 * 1024];
static int ends[2];
static uint64_t tickets[TICKETS];
static unsigned ticket_count;
static char news[64 * 1024];
static unsigned changes;

static void on_changed(void *context, const struct store_row *row) {
    size_t length = strlen(news);
    (void)context;
    cr_assert_eq(row->kind, STORE_USER);
    changes++;
    snprintf(news + length, sizeof news - length, "%s%.*s ", row->gone ? "-" : "+", SLICE_ARG(row->user.name));
}

static void on_kept(void *context, uint64_t ticket) {
    (void)context;
    cr_assert_lt(ticket_count, TICKETS);
    tickets[ticket_count++] = ticket;
}

static const struct store_events events = {.changed = on_changed, .kept = on_kept};

static struct store *started(void) {
    struct store *store;
    char reason[256];
    cr_assert_eq(store_open(&store, directory, &lines, &events, reason, sizeof reason), 0, "%s", reason);
    cr_assert_eq(store_start(store), 0);
    return store;
}

static void prepare(void) {
    make_directory();
    cr_assert_eq(pipe(ends), 0);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    log_open(&lines, ends[1], LOG_DEBUG);
    signal(SIGXFSZ, SIG_IGN);
}

TestSuite(store, .init = prepare, .fini = remove_directory, .timeout = 120);

static const char *log_text(void) {
    size_t length = strlen(said);
    ssize_t got = read(ends[0], said + length, sizeof said - 1 - length);
    said[length + (size_t)(got > 0 ? got : 0)] = '\0';
    return said;
}

/* The next report, if one comes within `wait` ms. */
static bool report(struct store *store, int wait) {
    struct pollfd ready = {.fd = store_descriptor(store), .events = POLLIN};
    if (poll(&ready, 1, wait) != 1)
        return false;
    store_tell(store);
    return true;
}

static void wait_tickets(struct store *store, unsigned count) {
    uint64_t end = loop_now() + LONG;
    while (ticket_count < count && loop_now() < end)
        report(store, LONG);
    cr_assert_eq(ticket_count, count);
}

static void wait_line(struct store *store, const char *line) {
    uint64_t end = loop_now() + LONG;
    while (!strstr(log_text(), line) && loop_now() < end)
        report(store, 100);
    cr_assert(strstr(said, line), "%s is not in: %s", line, said);
}

static void keep(struct store *store, const char *name, const char *realm) {
    const struct store_row row = {.kind = STORE_USER, .user = {.name = slice_of(name), .realm = slice_of(realm)}};
    store_keep(store, &row);
}

/* What a row's realm is on disk; "" for none. */
static const char *on_disk(const char *name) {
    static char realm[64];
    struct store_sqlite *reader;
    char reason[256];
    struct store_row row = {.kind = STORE_USER, .user = {.name = slice_of(name)}};
    cr_assert_eq(store_sqlite_open(&reader, directory, STORE_READER, reason, sizeof reason), 0, "%s", reason);
    cr_assert_eq(store_sqlite_find(reader, &row), 0);
    snprintf(realm, sizeof realm, "%.*s", SLICE_ARG(row.user.realm));
    store_sqlite_close(reader);
    return realm;
}

static struct store_sqlite *tool(void) {
    struct store_sqlite *store;
    char reason[256];
    cr_assert_eq(store_sqlite_open(&store, directory, STORE_TOOL, reason, sizeof reason), 0, "%s", reason);
    return store;
}

Test(store, a_ticket_is_told_when_the_row_is_on_disk_and_not_before) {
    struct store *store = started();
    keep(store, "alice", "a");
    store_commit(store, 7);
    cr_expect_eq(ticket_count, 0);
    store_flush(store);
    cr_expect_eq(ticket_count, 0);
    wait_tickets(store, 1);
    cr_expect_eq(tickets[0], 7);
    cr_expect_str_eq(on_disk("alice"), "a");
    cr_expect_eq(store_count(store).written, 1);
    store_close(store);
}

Test(store, a_ticket_without_rows_is_told_and_ticket_0_is_nobody_s) {
    struct store *store = started();
    store_commit(store, 0);
    store_commit(store, 1);
    store_flush(store);
    wait_tickets(store, 1);
    cr_expect_not(report(store, 50));
    store_close(store);
}

Test(store, tickets_come_in_their_order_however_many_there_are) {
    struct store *store = started();
    char name[16];
    for (unsigned i = 1; i <= 3000; i++) {
        snprintf(name, sizeof name, "u%u", i);
        keep(store, name, "r");
        store_commit(store, i);
        if (i % 7 == 0 || i > 2000) /* above: turns with one, below: turns with several */
            store_flush(store);
    }
    store_flush(store);
    wait_tickets(store, 3000);
    for (unsigned i = 0; i < 3000; i++)
        cr_assert_eq(tickets[i], i + 1);
    cr_expect_str_eq(on_disk("u3000"), "r");
    store_close(store);
}

Test(store, one_turn_can_have_more_commits_than_a_batch_has_tickets) {
    struct store *store = started();
    for (unsigned i = 1; i <= 2000; i++)
        store_commit(store, i);
    store_flush(store);
    wait_tickets(store, 2000);
    store_close(store);
}

Test(store, what_is_queued_is_written_at_the_end) {
    struct store *store = started();
    keep(store, "alice", "a");
    store_commit(store, 1);
    store_close(store);
    cr_expect_str_eq(on_disk("alice"), "a");
    cr_expect_eq(ticket_count, 0, "nobody is there to be told");
}

Test(store, what_others_write_is_told_and_what_it_writes_itself_is_not) {
    struct store *store = started();
    struct store_sqlite *other = tool();
    struct store_row row = {.kind = STORE_USER, .user = {.name = SLICE("bob"), .realm = SLICE("b")}};
    keep(store, "alice", "a");
    store_flush(store);
    store_sqlite_begin(other, LONG);
    store_sqlite_put(other, &row);
    store_sqlite_commit(other);
    uint64_t end = loop_now() + LONG;
    while (!news[0] && loop_now() < end)
        report(store, LONG);
    cr_expect_str_eq(news, "+bob ");
    store_sqlite_close(other);
    store_close(store);
}

Test(store, many_changes_of_others_come_in_several_reports) {
    struct store *store = started();
    struct store_sqlite *other = tool();
    struct store_row row = {.kind = STORE_USER, .user = {.name = SLICE("b"), .realm = SLICE("b")}};
    unsigned reports = 0;
    store_sqlite_begin(other, LONG);
    for (unsigned i = 0; i < 2500; i++)
        store_sqlite_put(other, &row);
    store_sqlite_commit(other);
    uint64_t end = loop_now() + LONG;
    while (changes < 2500 && loop_now() < end)
        reports += report(store, LONG);
    cr_expect_eq(changes, 2500);
    cr_expect_geq(reports, 3);
    store_sqlite_close(other);
    store_close(store);
}

Test(store, a_row_of_our_own_that_is_newer_than_the_news_wins) {
    struct store *store = started();
    struct store_sqlite *other = tool();
    struct pollfd ready = {.fd = store_descriptor(store), .events = POLLIN};
    struct store_row row = {.kind = STORE_USER, .gone = true, .user = {.name = SLICE("alice")}};
    keep(store, "alice", "a");
    store_commit(store, 1);
    store_flush(store);
    wait_tickets(store, 1);
    store_sqlite_begin(other, LONG);
    store_sqlite_put(other, &row);
    store_sqlite_commit(other);
    cr_assert_eq(poll(&ready, 1, LONG), 1); /* the writer has read them, and the loop has not */
    keep(store, "alice", "b");
    store_commit(store, 2);
    store_flush(store);
    wait_tickets(store, 2);
    cr_expect_str_eq(news, "");
    cr_expect_str_eq(on_disk("alice"), "b");
    store_sqlite_close(other);
    store_close(store);
}

Test(store, a_lock_that_lasts_is_trouble_until_it_ends_and_then_the_newest_rows_are_written) {
    struct store *store = started();
    struct store_sqlite *other = tool();
    cr_assert_eq(store_sqlite_begin(other, 0), 0);
    keep(store, "alice", "1");
    store_commit(store, 1);
    store_flush(store);
    wait_tickets(store, 1);
    wait_line(store, "event=store-failing file=");
    cr_expect(strstr(said, "error=\"another program holds it locked\""));
    uint64_t before = loop_now();
    for (unsigned i = 2; i <= 20; i++) {
        keep(store, "alice", i % 2 ? "odd" : "even");
        store_commit(store, i);
        store_flush(store);
        wait_tickets(store, i);
    }
    cr_expect_lt(loop_now() - before, 2000, "nobody waits for a disk that does not work");
    cr_expect_str_eq(on_disk("alice"), "");
    store_sqlite_rollback(other);
    wait_line(store, "event=store-working-again");
    cr_expect_null(strstr(strstr(said, "store-failing") + 1, "store-failing"), "it is told once");
    cr_expect_str_eq(on_disk("alice"), "even");
    store_sqlite_close(other);
    store_close(store);
}

Test(store, a_full_disk_is_trouble_until_there_is_room) {
    struct store *store = started();
    struct rlimit limit;
    char name[16];
    getrlimit(RLIMIT_FSIZE, &limit);
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = 4096; /* stands for a full disk */
    setrlimit(RLIMIT_FSIZE, &limit);
    for (unsigned i = 1; i <= 100; i++) {
        snprintf(name, sizeof name, "u%u", i);
        keep(store, name, "r");
        store_commit(store, i);
        store_flush(store);
        wait_tickets(store, i);
    }
    wait_line(store, "event=store-failing");
    limit.rlim_cur = before;
    setrlimit(RLIMIT_FSIZE, &limit);
    wait_line(store, "event=store-working-again");
    cr_expect_str_eq(on_disk("u1"), "r");
    cr_expect_str_eq(on_disk("u100"), "r");
    store_close(store);
}

Test(store, rows_that_cannot_be_held_either_are_lost_and_that_is_told) {
    struct store *store = started();
    struct store_sqlite *other = tool();
    static char text[4000];
    char name[16];
    memset(text, 'a', sizeof text - 1);
    cr_assert_eq(store_sqlite_begin(other, 0), 0);
    unsigned i = 0;
    while (store_count(store).lost == 0 && i < 100000) {
        snprintf(name, sizeof name, "u%u", i++);
        keep(store, name, text);
        if (i % 100 == 0)
            store_flush(store);
    }
    store_commit(store, 1);
    store_flush(store);
    cr_expect(strstr(log_text(), "event=store-rows-lost rows="), "%s", said);
    wait_tickets(store, 1);
    store_sqlite_rollback(other);
    store_sqlite_close(other);
    store_close(store);
}

Test(store, without_memory_rows_are_lost_and_their_tickets_are_told) {
    struct store *store = started();
    allocations_left = 0;
    keep(store, "alice", "a");
    store_commit(store, 1);
    store_commit(store, 2);
    cr_expect_eq(ticket_count, 0);
    store_flush(store);
    allocations_left = LONG_MAX;
    cr_expect_eq(ticket_count, 2);
    cr_expect_eq(store_count(store).lost, 1);
    cr_expect(strstr(log_text(), "event=store-rows-lost rows=1\n"), "%s", said);
    keep(store, "alice", "b");
    store_commit(store, 3);
    store_flush(store);
    wait_tickets(store, 3);
    cr_expect_str_eq(on_disk("alice"), "b");
    store_close(store);
}

Test(store, cannot_be_opened_without_memory) {
    struct store *store = NULL;
    char reason[256];
    long left = 0;
    do {
        allocations_left = left++;
        int result = store_open(&store, directory, &lines, &events, reason, sizeof reason);
        allocations_left = LONG_MAX;
        cr_assert(result == 0 || (result == -ENOMEM && !store && reason[0]), "%d", result);
    } while (!store && left < 100);
    cr_expect_gt(left, 1);
    store_close(store);
}
