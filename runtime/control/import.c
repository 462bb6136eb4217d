/* SPDX-License-Identifier: MIT */
#include "runtime/control/import.h"

#include "runtime/state/columns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    struct store_row row;
    unsigned line;
    struct entry *next;
};

struct reading {
    struct import *import;
    struct entry *first, **last;
    unsigned wrong; /* lines */
    bool out_of_memory;
};

static void complain(struct reading *reading, unsigned line, const char *fault) {
    fprintf(stderr, "%s:%u: %s\n", reading->import->file, line, fault);
    reading->wrong++;
}

static bool is_header(const struct import *import, const struct csv_record *record) {
    for (unsigned i = 0; i < record->count; i++)
        if (!import->columns[i] || !slice_same(record->fields[i], slice_of(import->columns[i])))
            return false;
    return record->count >= import->least && !record->fault;
}

/* How many columns a line has; said with their names. */
static const char *wrong_count(const struct import *import, unsigned count) {
    unsigned most = 0;
    while (import->columns[most])
        most++;
    if (count >= import->least && count <= most)
        return NULL;
    char *text = arena_printf(&import->control->arena, "there are %u fields; expected %s,%s[,%s]", count,
                              import->columns[0], import->columns[1], import->columns[2]);
    return text ? text : "out of memory";
}

static void read_record(struct reading *reading, const struct csv_record *record) {
    struct import *import = reading->import;
    struct entry *entry = arena_alloc(&import->control->arena, sizeof *entry);
    if (!entry) {
        reading->out_of_memory = true;
        return;
    }
    const char *fault = record->fault ? record->fault : wrong_count(import, record->count);
    if (!fault)
        fault = import->row(import, record, &entry->row);
    if (fault) {
        complain(reading, record->line, fault);
        return;
    }
    entry->line = record->line;
    *reading->last = entry;
    reading->last = &entry->next;
    import->count++;
}

static int order(const void *a, const void *b) {
    const struct entry *const *left = a, *const *right = b;
    int key = columns_order(&(*left)->row, &(*right)->row);
    return key ? key : (int)((*left)->line > (*right)->line) - (int)((*left)->line < (*right)->line);
}

/* One key on two lines is one too many. */
static bool sort(struct reading *reading) {
    struct import *import = reading->import;
    struct arena *arena = &import->control->arena;
    struct entry **entries = arena_alloc(arena, (import->count + 1) * sizeof *entries), *entry = reading->first;
    import->rows = arena_alloc(arena, (import->count + 1) * sizeof *import->rows);
    if (!entries || !import->rows)
        return false;
    for (unsigned i = 0; entry; entry = entry->next)
        entries[i++] = entry;
    qsort(entries, import->count, sizeof *entries, order);
    for (unsigned i = 0; i < import->count; i++) {
        char fault[64];
        import->rows[i] = entries[i]->row;
        if (i == 0 || columns_order(&entries[i - 1]->row, &entries[i]->row) != 0)
            continue;
        snprintf(fault, sizeof fault, "the same as on line %u", entries[i - 1]->line);
        complain(reading, entries[i]->line, fault);
    }
    return true;
}

int import_read(struct import *import) {
    struct reading reading = {.import = import, .last = &reading.first};
    struct csv csv;
    struct csv_record record;
    int error = csv_open(&csv, import->file);
    if (error == -ENOMEM)
        return control_no_memory();
    if (error)
        return control_fail(CONTROL_READ, "cannot read %s: %s", import->file, strerror(-error));
    for (bool first = true; csv_next(&csv, &record); first = false)
        if (!first || !is_header(import, &record))
            read_record(&reading, &record);
    csv_close(&csv);
    if (reading.out_of_memory || !sort(&reading))
        return control_no_memory();
    if (reading.wrong)
        return control_fail(CONTROL_WRONG, "%s: nothing was imported, %u line%s wrong", import->file, reading.wrong,
                            reading.wrong == 1 ? " is" : "s are");
    return CONTROL_FINE;
}
