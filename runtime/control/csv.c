/* SPDX-License-Identifier: MIT */
#include "runtime/control/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROOM_LEAST = 64 * 1024 };

/* Twice the room, and nothing of what was read is left in the old one. */
static int grow(struct csv *csv, size_t *room) {
    size_t more = *room ? 2 * *room : ROOM_LEAST;
    if (more > CSV_SIZE_MAX)
        return -EFBIG;
    char *text = malloc(more);
    if (!text)
        return -ENOMEM;
    if (csv->size)
        memcpy(text, csv->text, csv->size);
    csv_close(csv);
    csv->text = text;
    *room = more;
    return 0;
}

static int read_all(struct csv *csv, int fd) {
    size_t room = 0;
    for (;;) {
        size_t size = csv->size;
        int result = size == room ? grow(csv, &room) : 0;
        if (result)
            return result;
        csv->size = size;
        ssize_t got = read(fd, csv->text + size, room - size);
        if (got <= 0)
            return got < 0 ? -errno : 0;
        csv->size += (size_t)got;
    }
}

int csv_open(struct csv *csv, const char *file) {
    bool standard = strcmp(file, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    *csv = (struct csv){.line = 1};
    if (fd < 0)
        return -errno;
    int result = read_all(csv, fd);
    if (!standard)
        close(fd);
    if (result)
        csv_close(csv);
    else if (csv->size >= 3 && memcmp(csv->text, "\xef\xbb\xbf", 3) == 0)
        csv->at = 3;
    return result;
}

void csv_close(struct csv *csv) {
    if (csv->text)
        explicit_bzero(csv->text, csv->size);
    free(csv->text);
    csv->text = NULL;
    csv->size = 0;
}

/* Bytes of the line end at `at`; 0: there is none. */
static size_t line_end(const struct csv *csv, size_t at) {
    if (at < csv->size && csv->text[at] == '\n')
        return 1;
    return at + 1 < csv->size && csv->text[at] == '\r' && csv->text[at + 1] == '\n' ? 2 : 0;
}

static bool field_ends(const struct csv *csv) {
    return csv->at >= csv->size || csv->text[csv->at] == ',' || line_end(csv, csv->at);
}

/* The inner text moves together over the quotes that were doubled. NULL, or a fault. */
static const char *quoted(struct csv *csv, struct slice *field) {
    size_t start = ++csv->at, end = start;
    while (csv->at < csv->size) {
        char c = csv->text[csv->at++];
        if (c == '"') {
            if (csv->at == csv->size || csv->text[csv->at] != '"') {
                *field = (struct slice){csv->text + start, end - start};
                return field_ends(csv) ? NULL : "there is something behind the closing quote";
            }
            csv->at++;
        }
        csv->line += c == '\n';
        csv->text[end++] = c;
    }
    return "a quote is not closed";
}

static const char *plain(struct csv *csv, struct slice *field) {
    size_t start = csv->at;
    const char *fault = NULL;
    for (; !field_ends(csv); csv->at++)
        if (csv->text[csv->at] == '"')
            fault = "a quote stands within a field that has none around it";
    *field = (struct slice){csv->text + start, csv->at - start};
    return fault;
}

/* Behind the end of this line. */
static void skip_line(struct csv *csv) {
    while (csv->at < csv->size && !line_end(csv, csv->at))
        csv->at++;
    csv->at += line_end(csv, csv->at);
    csv->line++;
}

bool csv_next(struct csv *csv, struct csv_record *record) {
    while (line_end(csv, csv->at))
        skip_line(csv);
    *record = (struct csv_record){.line = csv->line};
    if (csv->at >= csv->size)
        return false;
    bool more;
    do {
        struct slice field = SLICE_EMPTY;
        bool quote = csv->at < csv->size && csv->text[csv->at] == '"';
        record->fault = quote ? quoted(csv, &field) : plain(csv, &field);
        if (!record->fault && record->count == CSV_FIELDS)
            record->fault = "there are too many fields";
        if (!record->fault)
            record->fields[record->count++] = field;
        more = !record->fault && csv->at < csv->size && csv->text[csv->at] == ',';
        csv->at += more;
    } while (more);
    skip_line(csv);
    return true;
}
