/* SPDX-License-Identifier: MIT */
#include "runtime/control/table.h"

#include "grammar/source.h"
#include "runtime/proxy/line.h"

#include <string.h>

struct cell {
    struct slice shown, json;
    unsigned width; /* of `shown`, in columns of a terminal */
};

struct table_row {
    struct table_row *next;
    struct cell cells[TABLE_COLUMNS];
};

void table_init(struct table *table, struct arena *arena, const char *const *names) {
    *table = (struct table){.arena = arena, .names = names, .last = &table->first};
    while (names[table->count])
        table->count++;
}

static void add(struct table *table, struct slice shown, unsigned width, struct slice json) {
    if (table->at == 0 && !table->failed) {
        struct table_row *row = arena_alloc(table->arena, sizeof *row);
        table->failed = !row;
        if (row) {
            *table->last = table->newest = row;
            table->last = &row->next;
        }
    }
    if (table->failed)
        return;
    table->newest->cells[table->at] = (struct cell){shown, json, width};
    table->at = (table->at + 1) % table->count;
}

/* What a terminal must not see, as it may have come from the network, is \xHH. */
static struct slice shown(struct table *table, struct slice text, unsigned *width) {
    struct line line;
    line_init(&line, table->arena);
    *width = 0;
    for (size_t at = 0; at < text.len;) {
        char escape[8];
        struct glyph glyph = source_glyph(text, at, *width);
        if (glyph.shown && text.at[at] != '\t') {
            line_add(&line, slice_cut(text, at, at + glyph.bytes));
            *width += glyph.width;
            at += glyph.bytes;
            continue;
        }
        snprintf(escape, sizeof escape, "\\x%02x", (unsigned char)text.at[at++]);
        line_add(&line, slice_of(escape));
        *width += 4;
    }
    table->failed = table->failed || line.failed;
    return line_slice(&line);
}

void table_text(struct table *table, struct slice text) {
    struct line json;
    unsigned width = 0;
    if (!text.at) {
        add(table, SLICE(""), 0, SLICE("null"));
        return;
    }
    line_init(&json, table->arena);
    line_json(&json, text);
    table->failed = table->failed || json.failed;
    struct slice visible = shown(table, text, &width);
    add(table, visible, width, line_slice(&json));
}

void table_number(struct table *table, int64_t number) {
    struct slice text = slice_of(arena_printf(table->arena, "%lld", (long long)number));
    table->failed = table->failed || !text.at;
    add(table, text, (unsigned)text.len, text);
}

void table_truth(struct table *table, bool truth) {
    add(table, truth ? SLICE("yes") : SLICE(""), truth ? 3 : 0, truth ? SLICE("true") : SLICE("false"));
}

static void print_json(const struct table *table, FILE *out) {
    const char *before = "\n";
    fputc('[', out);
    for (const struct table_row *row = table->first; row; row = row->next) {
        fputs(before, out);
        for (unsigned i = 0; i < table->count; i++)
            fprintf(out, "%s\"%s\": %.*s", i ? ", " : "  {", table->names[i], SLICE_ARG(row->cells[i].json));
        fputc('}', out);
        before = ",\n";
    }
    fputs(table->first ? "\n]\n" : "]\n", out);
}

static void print_text(const struct table *table, FILE *out) {
    unsigned widths[TABLE_COLUMNS];
    for (unsigned i = 0; i < table->count; i++) {
        widths[i] = (unsigned)strlen(table->names[i]);
        for (const struct table_row *row = table->first; row; row = row->next)
            if (row->cells[i].width > widths[i])
                widths[i] = row->cells[i].width;
    }
    for (unsigned i = 0; i < table->count; i++)
        fprintf(out, "%s%-*s", i ? "  " : "", i + 1 < table->count ? (int)widths[i] : 0, table->names[i]);
    fputc('\n', out);
    for (const struct table_row *row = table->first; row; row = row->next) {
        unsigned owed = 0; /* blanks, that no line ends in */
        for (unsigned i = 0; i < table->count; i++) {
            const struct cell *cell = &row->cells[i];
            if (cell->width)
                fprintf(out, "%*s%.*s", (int)owed, "", SLICE_ARG(cell->shown));
            owed = (cell->width ? 0 : owed) + widths[i] - cell->width + 2;
        }
        fputc('\n', out);
    }
}

bool table_print(struct table *table, FILE *out, bool json) {
    if (table->failed)
        return false;
    if (json)
        print_json(table, out);
    else
        print_text(table, out);
    return true;
}
