/* SPDX-License-Identifier: MIT */
#include "runtime/net/store_sqlite.h"

#include "tests/fuzz/random.h"
#include "tests/unit/net/support/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

TestSuite(store_sqlite, .init = make_directory, .fini = remove_directory);

static char reason[512];

static struct store_sqlite *opened(enum store_side side) {
    struct store_sqlite *store;
    cr_assert_eq(store_sqlite_open(&store, directory, side, reason, sizeof reason), 0, "%s", reason);
    return store;
}

static int put(struct store_sqlite *store, const struct store_row *row) {
    cr_assert_eq(store_sqlite_begin(store, 0), 0);
    int result = store_sqlite_put(store, row);
    cr_assert_eq(store_sqlite_commit(store), 0);
    return result;
}

static struct store_row user(const char *name) {
    return (struct store_row){.kind = STORE_USER,
                              .user = {.name = slice_of(name),
                                       .realm = SLICE("example.com"),
                                       .md5 = SLICE("0123456789abcdef0123456789abcdef"),
                                       .allow = SLICE("*"),
                                       .push = true}};
}

static const struct store_row binding = {
    .kind = STORE_BINDING,
    .binding = {.user = {"a\0b", 3},
                .contact = {"sip:\xff@192.0.2.1", 15},
                .call_id = {"call", 4},
                .cseq = 4294967295,
                .q = 700,
                .expires = 1234567890123,
                .received = {.ip = {.family = 4, .bytes = {192, 0, 2, 1}}, .port = 5060},
                .local = {.ip = {.family = 6, .bytes = {0xfe, 0x80, [15] = 1}}, .port = 5061, .scope = 2},
                .nat = true},
};

/* SQL by somebody else. */
static void execute(const char *sql) {
    sqlite3 *other;
    char *error = NULL;
    cr_assert_eq(sqlite3_open(database_file, &other), SQLITE_OK);
    sqlite3_exec(other, sql, NULL, NULL, &error);
    cr_assert_null(error, "%s", error);
    sqlite3_close(other);
}

static void refused(int error, const char *saying) {
    struct store_sqlite *store;
    cr_expect_eq(store_sqlite_open(&store, directory, STORE_SERVER, reason, sizeof reason), error);
    cr_expect_null(store);
    cr_expect(strstr(reason, saying), "%s", reason);
}

static int count(void *context, const struct store_row *row) {
    unsigned *number = context;
    (void)row;
    ++*number;
    return 0;
}

static unsigned rows_of(struct store_sqlite *store, enum store_kind kind, unsigned *wrong) {
    unsigned number = 0;
    *wrong = 0;
    cr_assert_eq(store_sqlite_each(store, kind, count, &number, wrong), 0);
    return number;
}

Test(store_sqlite, a_row_comes_back_as_it_went_byte_by_byte) {
    struct store_sqlite *store = opened(STORE_SERVER);
    cr_assert_eq(put(store, &binding), 0);
    store_sqlite_close(store);
    store = opened(STORE_SERVER);
    struct store_row found = {.kind = STORE_BINDING,
                              .binding = {.user = binding.binding.user, .contact = binding.binding.contact}};
    cr_assert_eq(store_sqlite_find(store, &found), 0);
    cr_assert_not(found.gone);
    cr_expect(slice_equal(found.binding.user, binding.binding.user));
    cr_expect(slice_equal(found.binding.contact, binding.binding.contact));
    cr_expect(slice_equal(found.binding.path, SLICE_EMPTY));
    cr_expect_eq(found.binding.cseq, 4294967295);
    cr_expect_eq(found.binding.q, 700);
    cr_expect_eq(found.binding.expires, 1234567890123);
    cr_expect(endpoint_equal(&found.binding.received, &binding.binding.received));
    cr_expect(endpoint_equal(&found.binding.local, &binding.binding.local));
    cr_expect(found.binding.nat);
    store_sqlite_close(store);
}

Test(store_sqlite, a_row_of_a_key_is_replaced_and_removed) {
    struct store_sqlite *store = opened(STORE_SERVER);
    struct store_row row = user("alice");
    put(store, &row);
    row.user.realm = SLICE("example.org");
    put(store, &row);
    struct store_row found = {.kind = STORE_USER, .user = {.name = SLICE("alice")}};
    cr_assert_eq(store_sqlite_find(store, &found), 0);
    cr_expect(slice_equal(found.user.realm, SLICE("example.org")));
    cr_expect_null(found.user.sha256.at);
    row.gone = true;
    put(store, &row);
    cr_assert_eq(store_sqlite_find(store, &found), 0);
    cr_expect(found.gone);
    store_sqlite_close(store);
}

Test(store_sqlite, what_is_rolled_back_never_was) {
    struct store_sqlite *store = opened(STORE_TOOL);
    struct store_row row = user("alice");
    unsigned wrong;
    cr_assert_eq(store_sqlite_begin(store, 0), 0);
    cr_assert_eq(store_sqlite_put(store, &row), 0);
    store_sqlite_rollback(store);
    store_sqlite_rollback(store);
    cr_expect_eq(rows_of(store, STORE_USER, &wrong), 0);
    store_sqlite_close(store);
}

Test(store_sqlite, a_row_that_cannot_be_kept_does_not_spoil_the_others) {
    struct store_sqlite *store = opened(STORE_SERVER);
    static char text[STORE_TEXT_MAX + 1];
    struct store_row row = user("alice"), lost = binding;
    unsigned wrong;
    memset(text, 'a', sizeof text);
    cr_assert_eq(store_sqlite_begin(store, 0), 0);
    lost.binding.received.ip.family = 0;
    cr_expect_eq(store_sqlite_put(store, &lost), -EINVAL);
    row.user.allow = (struct slice){text, sizeof text};
    cr_expect_eq(store_sqlite_put(store, &row), -EINVAL);
    row.user.allow = SLICE_NULL;
    cr_expect_eq(store_sqlite_put(store, &row), 0);
    cr_assert_eq(store_sqlite_commit(store), 0);
    cr_expect_eq(rows_of(store, STORE_USER, &wrong), 1);
    cr_expect_eq(rows_of(store, STORE_BINDING, &wrong), 0);
    store_sqlite_close(store);
}

Test(store_sqlite, only_the_owner_can_read_it) {
    struct stat status;
    umask(0);
    struct store_sqlite *store = opened(STORE_SERVER);
    struct store_row row = user("alice");
    char wal[128];
    put(store, &row);
    snprintf(wal, sizeof wal, "%s-wal", database_file);
    cr_assert_eq(stat(database_file, &status), 0);
    cr_expect_eq(status.st_mode & 0777, 0600);
    cr_assert_eq(stat(wal, &status), 0);
    cr_expect_eq(status.st_mode & 0777, 0600);
    store_sqlite_close(store);
}

Test(store_sqlite, what_is_no_store_of_ours_is_refused_and_left_alone) {
    int fd = open(database_file, O_WRONLY | O_CREAT, 0600);
    cr_assert_eq(write(fd, "precious letters, not a database at all", 39), 39);
    close(fd);
    refused(-EBADMSG, "is no store, or damaged");
    struct stat status;
    cr_assert_eq(stat(database_file, &status), 0);
    cr_expect_eq(status.st_size, 39);
    unlink(database_file);
    execute("CREATE TABLE user (a)");
    refused(-EBADMSG, "a database of another program");
}

Test(store_sqlite, one_of_a_later_version_or_of_other_tables_is_refused) {
    store_sqlite_close(opened(STORE_SERVER));
    execute("PRAGMA user_version = 3");
    refused(-EBADMSG, "has version 3");
    execute("PRAGMA user_version = 2; ALTER TABLE user DROP COLUMN push");
    refused(-EBADMSG, "is no store, or damaged");
}

Test(store_sqlite, damage_is_an_error_and_no_crash) {
    struct store_sqlite *store = opened(STORE_SERVER);
    char name[16], noise[4096];
    store_sqlite_begin(store, 0);
    for (unsigned i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "u%u", i);
        struct store_row row = user(name);
        store_sqlite_put(store, &row);
    }
    store_sqlite_commit(store);
    store_sqlite_close(store);
    memset(noise, 0xa5, sizeof noise);
    int fd = open(database_file, O_WRONLY), result;
    for (off_t page = 8; page < 40; page++)
        cr_assert_eq(pwrite(fd, noise, sizeof noise, page * 4096), (ssize_t)sizeof noise);
    close(fd);
    result = store_sqlite_open(&store, directory, STORE_SERVER, reason, sizeof reason);
    unsigned number = 0, wrong = 0;
    if (!result)
        result = store_sqlite_each(store, STORE_USER, count, &number, &wrong);
    cr_expect_eq(result, -EBADMSG);
    store_sqlite_close(store);
}

static void use_all(struct store_sqlite *store) {
    struct store_row row = user("bob");
    unsigned number = 0, wrong = 0;
    bool more, missed;
    for (unsigned kind = 0; kind < STORE_KINDS; kind++)
        store_sqlite_each(store, (enum store_kind)kind, count, &number, &wrong);
    store_sqlite_news(store, 10, count, &number, &more, &missed);
    if (store_sqlite_begin(store, 0) == 0 && store_sqlite_put(store, &row) == 0)
        store_sqlite_commit(store);
    store_sqlite_rollback(store);
}

Test(store_sqlite, a_file_with_any_byte_changed_is_refused_or_read) {
    enum { VARIANTS = 300 };
    static char whole[64 * 1024], changed[64 * 1024];
    struct store_sqlite *store = opened(STORE_TOOL);
    struct store_row row = user("alice");
    put(store, &row);
    put(store, &binding);
    store_sqlite_close(store);
    int fd = open(database_file, O_RDWR);
    ssize_t size = read(fd, whole, sizeof whole);
    cr_assert(size > 8192 && size < (ssize_t)sizeof whole);
    close(fd);
    for (unsigned i = 0; i < VARIANTS; i++) {
        remove_files();
        memcpy(changed, whole, (size_t)size);
        for (size_t n = random_below(4) + 1; n > 0; n--) /* headers of pages, where it hurts, or anywhere */
            changed[random_below(2) ? random_below((uint64_t)size)
                                    : random_below((uint64_t)size / 4096) * 4096 + random_below(128)] =
                (char)random_below(256);
        fd = open(database_file, O_RDWR | O_CREAT, 0600);
        cr_assert_eq(write(fd, changed, (size_t)size), size);
        close(fd);
        if (store_sqlite_open(&store, directory, STORE_TOOL, reason, sizeof reason) == 0)
            use_all(store);
        else
            cr_assert_neq(reason[0], '\0');
        store_sqlite_close(store);
    }
}

Test(store_sqlite, rows_that_are_wrong_are_passed_over_and_counted) {
    struct store_sqlite *store = opened(STORE_SERVER);
    struct store_row row = user("alice");
    unsigned wrong;
    put(store, &row);
    put(store, &binding);
    store_sqlite_close(store);
    execute("INSERT INTO user VALUES ('b', 'r', 'short', NULL, '', 0), ('c', 'r', NULL, NULL, '', 7),"
            "                        ('d', 'r', NULL, NULL, zeroblob(5000), 0), (x'65', 'r', NULL, NULL, '', 0);"
            "UPDATE binding SET received = 'udp:nowhere:1';"
            "INSERT INTO block VALUES ('10.0.0.1', 'soon'), ('10.0.0.2', -1), ('::1', 0), ('10.0.0.300', 0)");
    store = opened(STORE_SERVER);
    cr_expect_eq(rows_of(store, STORE_USER, &wrong), 2);
    cr_expect_eq(wrong, 3);
    cr_expect_eq(rows_of(store, STORE_BINDING, &wrong), 0);
    cr_expect_eq(wrong, 1);
    cr_expect_eq(rows_of(store, STORE_BLOCK, &wrong), 1);
    cr_expect_eq(wrong, 3);
    store_sqlite_close(store);
}

Test(store_sqlite, a_trigger_that_somebody_left_does_not_run) {
    struct store_sqlite *store = opened(STORE_TOOL);
    store_sqlite_close(store);
    execute("CREATE TRIGGER t AFTER INSERT ON user BEGIN DELETE FROM user; END");
    store = opened(STORE_TOOL);
    struct store_row row = user("alice");
    unsigned wrong;
    put(store, &row);
    cr_expect_eq(rows_of(store, STORE_USER, &wrong), 1);
    store_sqlite_close(store);
}

Test(store_sqlite, a_reader_makes_nothing_and_a_place_that_is_none_is_an_error) {
    struct store_sqlite *store;
    cr_expect_eq(store_sqlite_open(&store, directory, STORE_READER, reason, sizeof reason), -ENOENT);
    cr_expect_eq(access(database_file, F_OK), -1);
    cr_expect_eq(store_sqlite_open(&store, "/nowhere/at/all", STORE_SERVER, reason, sizeof reason), -ENOENT);
    cr_expect_eq(store_sqlite_open(&store, "/dev/null", STORE_SERVER, reason, sizeof reason), -ENOTDIR);
    cr_expect_eq(mkdir(database_file, 0700), 0);
    cr_expect_lt(store_sqlite_open(&store, directory, STORE_SERVER, reason, sizeof reason), 0);
    rmdir(database_file);
}

/* News. */

struct news {
    char text[256];
};

static int note(void *context, const struct store_row *row) {
    struct news *news = context;
    size_t length = strlen(news->text);
    struct slice key = row->kind == STORE_USER    ? row->user.name
                       : row->kind == STORE_ALIAS ? row->alias.alias
                                                  : SLICE("?");
    snprintf(news->text + length, sizeof news->text - length, "%s%.*s ", row->gone ? "-" : "+", SLICE_ARG(key));
    return 0;
}

static const char *news_of(struct store_sqlite *server, unsigned most, bool *more, bool *missed) {
    static struct news news;
    news.text[0] = '\0';
    cr_assert_eq(store_sqlite_news(server, most, note, &news, more, missed), 0);
    return news.text;
}

Test(store_sqlite, a_server_is_told_what_a_tool_writes_as_it_is_now) {
    struct store_sqlite *server = opened(STORE_SERVER), *tool = opened(STORE_TOOL);
    struct store_row alice = user("alice"), bob = user("bob");
    const struct store_row alias = {.kind = STORE_ALIAS, .alias = {.alias = SLICE("1"), .entity = SLICE("alice")}};
    bool more, missed;
    cr_expect_str_eq(news_of(server, 10, &more, &missed), "");
    put(server, &bob); /* its own */
    put(tool, &alice);
    put(tool, &alias);
    cr_expect_str_eq(news_of(server, 10, &more, &missed), "+alice +1 ");
    cr_expect_not(more || missed);
    cr_expect_str_eq(news_of(server, 10, &more, &missed), "");
    put(tool, &bob);
    alice.gone = bob.gone = true;
    put(tool, &bob);
    put(tool, &alice);
    cr_expect_str_eq(news_of(server, 2, &more, &missed), "-bob -bob ");
    cr_expect(more);
    cr_expect_str_eq(news_of(server, 2, &more, &missed), "-alice ");
    cr_expect_not(more || missed);
    store_sqlite_close(tool);
    store_sqlite_close(server);
}

Test(store_sqlite, old_lines_of_the_journal_go_and_who_missed_them_knows) {
    struct store_sqlite *server = opened(STORE_SERVER), *tool = opened(STORE_TOOL);
    struct store_row alice = user("alice"), bob = user("bob");
    bool more, missed;
    put(tool, &alice);
    execute("UPDATE change SET time = time - 3601");
    put(tool, &bob);
    cr_expect_str_eq(news_of(server, 10, &more, &missed), "+bob ");
    cr_expect(missed);
    store_sqlite_close(tool);
    store_sqlite_close(server);
}

Test(store_sqlite, a_journal_that_somebody_spoilt_says_nothing) {
    struct store_sqlite *server = opened(STORE_SERVER);
    bool more, missed;
    execute(
        "INSERT INTO change (time, kind, key1, key2) VALUES (unixepoch(), 'nothing', 'a', NULL),"
        " (unixepoch(), 'block', 'nowhere', NULL), (unixepoch(), 'alias', 'a', NULL), (unixepoch(), 'user', 'x', 7)");
    cr_expect_str_eq(news_of(server, 10, &more, &missed), "-x ");
    store_sqlite_close(server);
}

Test(store_sqlite, who_waits_for_a_lock_waits_no_longer_than_said) {
    struct store_sqlite *one = opened(STORE_TOOL), *other = opened(STORE_SERVER);
    cr_assert_eq(store_sqlite_begin(one, 0), 0);
    cr_expect_eq(store_sqlite_begin(other, 10), -EBUSY);
    cr_expect_str_eq(store_sqlite_reason(-EBUSY), "another program holds it locked");
    store_sqlite_rollback(one);
    cr_expect_eq(store_sqlite_begin(other, 10), 0);
    store_sqlite_rollback(other);
    store_sqlite_close(one);
    store_sqlite_close(other);
}
