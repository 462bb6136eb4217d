/* SPDX-License-Identifier: MIT */
#include "runtime/net/record.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *contents(const char *path) {
    static char text[4096];
    int fd = open(path, O_RDONLY);
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    return text;
}

Test(record, appends_lines_and_follows_a_rotation) {
    char path[] = "/tmp/fov-record-XXXXXX", moved[64];
    struct log log;
    struct record record;
    close(mkstemp(path));
    snprintf(moved, sizeof moved, "%s.1", path);
    log_open(&log, STDERR_FILENO, LOG_ERROR);
    cr_assert_eq(record_open(&record, path, &log), 0);
    record_line(&record, SLICE("{\"call\":1}"));
    record_close(&record);
    cr_assert_eq(record_open(&record, path, &log), 0);
    record_line(&record, SLICE("{\"call\":2}"));
    cr_assert_eq(rename(path, moved), 0);
    record_line(&record, SLICE("{\"call\":3}"));
    record_reopen(&record);
    record_line(&record, SLICE("{\"call\":4}"));
    record_close(&record);
    cr_expect_str_eq(contents(moved), "{\"call\":1}\n{\"call\":2}\n{\"call\":3}\n");
    cr_expect_str_eq(contents(path), "{\"call\":4}\n");
    unlink(path);
    unlink(moved);
}

Test(record, tells_a_write_error_once) {
    int ends[2];
    char text[2048] = "";
    struct log log;
    struct record record;
    cr_assert_eq(pipe(ends), 0);
    log_open(&log, ends[1], LOG_ERROR);
    cr_assert_eq(record_open(&record, "/dev/full", &log), 0);
    for (unsigned i = 0; i < 3; i++)
        record_line(&record, SLICE("{}"));
    record_close(&record);
    cr_assert_gt(read(ends[0], text, sizeof text - 1), 0);
    char *told = strstr(text, "event=records-lost file=/dev/full error=\"No space left on device\"");
    cr_assert(told, "%s", text);
    cr_expect_null(strstr(told + 1, "event=records-lost"));
}

Test(record, that_cannot_be_opened_is_an_error_and_none_is_none) {
    struct log log;
    struct record record;
    log_open(&log, STDERR_FILENO, LOG_ERROR);
    cr_expect_eq(record_open(&record, "/nowhere/at/all", &log), -ENOENT);
    cr_expect_eq(record_open(&record, NULL, &log), 0);
    record_line(&record, SLICE("{}"));
    record_reopen(&record);
    record_close(&record);
}
