/* SPDX-License-Identifier: MIT */
#include "runtime/control/csv.h"

#include "tests/fuzz/random.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];

static void write_file(struct slice text) {
    strcpy(path, "/tmp/fov-csv-XXXXXX");
    int fd = mkstemp(path);
    cr_assert_eq(write(fd, text.at, text.len), (ssize_t)text.len);
    close(fd);
}

/* The records as "line:field|field;", a fault as "line!". */
static const char *records(struct slice text) {
    static char told[1024];
    struct csv csv;
    struct csv_record record;
    size_t length = 0;
    write_file(text);
    cr_assert_eq(csv_open(&csv, path), 0);
    told[0] = '\0';
    while (csv_next(&csv, &record)) {
        length += (size_t)snprintf(told + length, sizeof told - length, "%u%s", record.line, record.fault ? "!" : ":");
        for (unsigned i = 0; !record.fault && i < record.count; i++)
            length += (size_t)snprintf(told + length, sizeof told - length, "%s%.*s", i ? "|" : "",
                                       SLICE_ARG(record.fields[i]));
        length += (size_t)snprintf(told + length, sizeof told - length, ";");
    }
    csv_close(&csv);
    unlink(path);
    return told;
}

Test(csv, reads_what_rfc_4180_writes) {
    static const struct {
        struct slice text;
        const char *records;
    } cases[] = {
        {SLICE(""), ""},
        {SLICE("\n\r\n"), ""},
        {SLICE("a"), "1:a;"},
        {SLICE("a,b\nc,d\n"), "1:a|b;2:c|d;"},
        {SLICE("a,b\r\nc,d\r\n"), "1:a|b;2:c|d;"},
        {SLICE("\xef\xbb\xbf"
               "a,b"),
         "1:a|b;"},
        {SLICE("a,,\n,\n"), "1:a||;2:|;"},
        {SLICE("a,\n\nb"), "1:a|;3:b;"},
        {SLICE("\"a,b\",\"\"\"c\"\"\"\n"), "1:a,b|\"c\";"},
        {SLICE("\"\"\n\"\"\"\"\n"), "1:;2:\";"},
        {SLICE("\"a\nb\",c\nd\n"), "1:a\nb|c;3:d;"},
        {SLICE("a\rb,c\n"), "1:a\rb|c;"},
        {SLICE(" a , b \n"), "1: a | b ;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_str_eq(records(cases[i].text), cases[i].records);
}

Test(csv, names_each_line_that_is_wrong_and_goes_on) {
    static const struct {
        struct slice text;
        const char *records;
    } cases[] = {
        {SLICE("a\"b,c\nd\n"), "1!;2:d;"},
        {SLICE("\"a\"b,c\nd\n"), "1!;2:d;"},
        {SLICE("\"a\" ,c\nd\n"), "1!;2:d;"},
        {SLICE("1,2,3,4,5,6,7,8\n1,2,3,4,5,6,7,8,9\nd"), "1:1|2|3|4|5|6|7|8;2!;3:d;"},
        {SLICE("a\n\"b\nc\n"), "1:a;2!;"},
        {SLICE("\""), "1!;"},
        {SLICE("a,\""), "1!;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_str_eq(records(cases[i].text), cases[i].records);
}

/* A field of up to five bytes, the awkward ones mostly, and how it is written. */
static size_t draw_field(char field[5], char written[16], size_t *written_length) {
    static const char bytes[] = "\"\",,\n\r ab\xff";
    size_t length = random_below(6), at = 0;
    written[at++] = '"';
    for (size_t i = 0; i < length; i++) {
        field[i] = bytes[random_below(sizeof bytes - 1)];
        if (field[i] == '"')
            written[at++] = '"';
        written[at++] = field[i];
    }
    written[at++] = '"';
    *written_length = at;
    return length;
}

Test(csv, whatever_is_written_in_quotes_comes_back) {
    enum { ROUNDS = 2000 };
    for (unsigned round = 0; round < ROUNDS; round++) {
        char fields[3][5], text[128];
        size_t lengths[3], length = 0;
        struct csv csv;
        struct csv_record record;
        for (unsigned i = 0; i < 3; i++) {
            char written[16];
            size_t more;
            lengths[i] = draw_field(fields[i], written, &more);
            memcpy(text + length, written, more);
            length += more;
            text[length++] = i < 2 ? ',' : '\n';
        }
        write_file((struct slice){text, length});
        cr_assert_eq(csv_open(&csv, path), 0);
        cr_assert(csv_next(&csv, &record));
        cr_assert_null(record.fault, "%s: %.*s", record.fault, (int)length, text);
        cr_assert_eq(record.count, 3);
        for (unsigned i = 0; i < 3; i++)
            cr_assert(slice_equal(record.fields[i], (struct slice){fields[i], lengths[i]}), "%.*s", (int)length, text);
        cr_assert_not(csv_next(&csv, &record));
        csv_close(&csv);
        unlink(path);
    }
}

Test(csv, ends_whatever_is_in_the_file) {
    enum { ROUNDS = 5000 };
    static const char bytes[] = "\"\",,\n\r ab\xff";
    for (unsigned round = 0; round < ROUNDS; round++) {
        char text[24];
        size_t length = random_below(sizeof text + 1);
        struct csv csv;
        struct csv_record record;
        unsigned count = 0;
        for (size_t i = 0; i < length; i++)
            text[i] = bytes[random_below(sizeof bytes - 1)];
        write_file((struct slice){text, length});
        cr_assert_eq(csv_open(&csv, path), 0);
        while (csv_next(&csv, &record))
            cr_assert_leq(++count, length + 1);
        csv_close(&csv);
        unlink(path);
    }
}

Test(csv, reads_files_of_any_size) {
    enum { SIZE = 300 * 1000 };
    char *text = malloc(SIZE);
    struct csv csv;
    struct csv_record record;
    memset(text, 'x', SIZE);
    for (unsigned i = 99; i < SIZE; i += 100)
        text[i] = '\n';
    write_file((struct slice){text, SIZE});
    cr_assert_eq(csv_open(&csv, path), 0);
    unsigned count = 0;
    while (csv_next(&csv, &record))
        count += record.fields[0].len == 99;
    cr_expect_eq(count, SIZE / 100);
    csv_close(&csv);
    unlink(path);
    free(text);
}

Test(csv, what_cannot_be_read_is_an_error) {
    struct csv csv;
    cr_expect_eq(csv_open(&csv, "/nowhere/at/all"), -ENOENT);
    cr_expect_eq(csv_open(&csv, "/tmp"), -EISDIR);
    csv_close(&csv);
}
