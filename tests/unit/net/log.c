/* SPDX-License-Identifier: MIT */
#include "runtime/net/log.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <regex.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char text[1 << 20];

static const char *drain(int fd) {
    size_t length = 0;
    ssize_t got;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while ((got = read(fd, text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)got;
    text[length] = '\0';
    return text;
}

Test(log, writes_time_and_level_before_the_line) {
    int ends[2];
    struct log log;
    regex_t form;
    cr_assert_eq(pipe(ends), 0);
    log_open(&log, ends[1], LOG_INFO);
    log_line(&log, LOG_NOTICE, SLICE("event=test call_id=a@b"));
    log_line(&log, LOG_DEBUG, SLICE("event=hidden"));
    regcomp(&form,
            "^time=20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\\.[0-9]{3}Z "
            "level=notice "
            "event=test call_id=a@b\n$",
            REG_EXTENDED);
    cr_expect_eq(regexec(&form, drain(ends[0]), 0, NULL, 0), 0, "%s", text);
    regfree(&form);
}

Test(log, gives_the_journal_a_priority_instead) {
    int ends[2];
    struct log log;
    struct stat status;
    char stream[64];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    fstat(ends[1], &status);
    snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    log_open(&log, ends[1], LOG_INFO);
    log_line(&log, LOG_WARNING, SLICE("event=test"));
    cr_expect_str_eq(drain(ends[0]), "<4>event=test\n");
}

static void fill(int ends[2]) {
    struct log log;
    char line[1000];
    memset(line, 'x', sizeof line);
    log_open(&log, ends[1], LOG_INFO);
    for (unsigned i = 0; i < 2000; i++)
        log_line(&log, LOG_INFO, (struct slice){line, sizeof line});
    cr_expect_gt(log.lost, 0);
    drain(ends[0]);
    log_line(&log, LOG_INFO, SLICE("event=after"));
    cr_expect_eq(log.lost, 0);
    drain(ends[0]);
    cr_expect(strstr(text, "event=log-lines-lost count="), "%s", text);
    cr_expect(strstr(text, "event=after\n"));
}

Test(log, loses_lines_rather_than_wait_for_a_reader, .timeout = 20) {
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    fill(ends);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    fill(ends);
}

Test(log, counts_what_a_full_disk_or_a_dead_reader_did_not_take) {
    int ends[2];
    struct log log;
    log_open(&log, open("/dev/full", O_WRONLY), LOG_INFO);
    for (unsigned i = 0; i < 3; i++)
        log_line(&log, LOG_INFO, SLICE("event=test"));
    cr_expect_eq(log.lost, 3);
    signal(SIGPIPE, SIG_IGN);
    cr_assert_eq(pipe(ends), 0);
    close(ends[0]);
    log_open(&log, ends[1], LOG_INFO);
    log_line(&log, LOG_INFO, SLICE("event=test"));
    cr_expect_eq(log.lost, 1);
}

Test(log, begins_a_new_line_behind_one_that_was_cut_off) {
    char path[] = "/tmp/fov-log-XXXXXX", line[200];
    const struct rlimit small = {300, RLIM_INFINITY}, large = {RLIM_INFINITY, RLIM_INFINITY};
    struct log log;
    int fd = mkstemp(path);
    unlink(path);
    memset(line, 'x', sizeof line);
    signal(SIGXFSZ, SIG_IGN);
    log_open(&log, fd, LOG_INFO);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0); /* stands in for a disk that gets full within a line */
    for (unsigned i = 0; i < 3; i++)
        log_line(&log, LOG_INFO, (struct slice){line, sizeof line});
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &large), 0);
    log_line(&log, LOG_INFO, SLICE("event=after"));
    lseek(fd, 0, SEEK_SET);
    drain(fd);
    cr_expect(strstr(text, "xx\ntime="), "%s", text);
    cr_expect(strstr(text, "event=log-lines-lost count=2\ntime="), "%s", text);
    cr_expect(strstr(text, "event=after\n"), "%s", text);
}

Test(log, cuts_a_line_that_is_too_long) {
    int ends[2];
    struct log log;
    static char line[10000];
    memset(line, 'x', sizeof line);
    cr_assert_eq(pipe(ends), 0);
    log_open(&log, ends[1], LOG_INFO);
    log_line(&log, LOG_INFO, (struct slice){line, sizeof line});
    size_t length = strlen(drain(ends[0]));
    cr_expect(length <= LOG_LINE_MAX + 1 && text[length - 1] == '\n');
}

static const struct {
    const char *value, *shown;
} values[] = {
    {"plain", "plain"},
    {"a@192.0.2.1:5060", "a@192.0.2.1:5060"},
    {"", "\"\""},
    {"two words", "\"two words\""},
    {"a=b", "\"a=b\""},
    {"say \"x\"", "\"say \\\"x\\\"\""},
    {"back\\slash", "\"back\\\\slash\""},
    {"line\nbreak", "\"line\\x0abreak\""},
    {"\x7f", "\"\\x7f\""},
    {"\xc2\xa4", "\"\\xc2\\xa4\""},
};

Test(log, quotes_what_logfmt_cannot_show_plainly) {
    char buffer[64];
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        cr_expect_str_eq(log_value(slice_of(values[i].value), buffer, sizeof buffer), values[i].shown);
    char small[10]; /* cut, and still closed */
    cr_expect_str_eq(log_value(SLICE("a b c d e f g h"), small, sizeof small), "\"a b\"");
}
