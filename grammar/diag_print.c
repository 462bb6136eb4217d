/* SPDX-License-Identifier: MIT */
#include "grammar/diag.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of a line that is wider than WIDTH columns, only what stands around the caret is shown. */
enum { WIDTH = 140, BEFORE = 50 };

struct printer {
    FILE *out;
    bool colour;
};

static const char *paint(const struct printer *printer, const char *escape) {
    return printer->colour ? escape : "";
}

static const char bold[] = "\033[1m", red[] = "\033[1;31m", magenta[] = "\033[1;35m", cyan[] = "\033[1;36m",
                  green[] = "\033[1;32m", plain[] = "\033[0m";

static void print_bytes(FILE *out, struct slice text) {
    for (size_t at = 0; at < text.len;) {
        struct glyph glyph = source_glyph(text, at, 0);
        if (text.at[at] == '\t')
            fputc(' ', out);
        else if (glyph.shown)
            fprintf(out, "%.*s", (int)glyph.bytes, text.at + at);
        else
            fputs("\xEF\xBF\xBD", out);
        at += glyph.bytes;
    }
}

/* A line with tabs as blanks, from column `first` to column `last`. */
static void print_columns(FILE *out, struct slice line, unsigned first, unsigned last) {
    unsigned column = 0;
    for (size_t at = 0; at < line.len && column < last;) {
        struct glyph glyph = source_glyph(line, at, column);
        if (column >= first && line.at[at] == '\t')
            fprintf(out, "%*s", (int)glyph.width, "");
        else if (column >= first)
            print_bytes(out, slice_cut(line, at, at + glyph.bytes));
        column += glyph.width;
        at += glyph.bytes;
    }
}

/* Columns from the start of the line to byte `end`. */
static unsigned width(struct slice line, size_t end) {
    unsigned column = 0;
    for (size_t at = 0; at < line.len && at < end;) {
        struct glyph glyph = source_glyph(line, at, column);
        column += glyph.width;
        at += glyph.bytes;
    }
    return column;
}

static void print_excerpt(const struct printer *printer, struct span span, struct place place) {
    const struct source *source = span.source;
    struct slice line = source_line(source, place.line);
    uint32_t line_start = source->lines[place.line - 1];
    uint32_t start = source_raw(source, span.start) - line_start;
    uint32_t end = span.end > span.start ? source_raw(source, span.end - 1) - line_start + 1 : start;
    unsigned from = width(line, start), to = width(line, end), all = width(line, line.len);
    unsigned first = all > WIDTH && from > BEFORE ? from - BEFORE : 0;
    unsigned last = all - first > WIDTH ? first + WIDTH : all;
    const char *cut = first ? "..." : "";
    int margin = fprintf(printer->out, "%5u", (unsigned)place.line);
    fprintf(printer->out, " | %s", cut);
    print_columns(printer->out, line, first, last);
    fprintf(printer->out, "%s\n%*s | %*s%s", last < all ? "..." : "", margin, "", (int)(from - first + strlen(cut)), "",
            paint(printer, green));
    fputc('^', printer->out);
    for (unsigned column = from + 1; column < to && column < last; column++)
        fputc('~', printer->out);
    fprintf(printer->out, "%s\n", paint(printer, plain));
}

static struct place place_of(struct span span) {
    return source_place(span.source, source_raw(span.source, span.start));
}

static void print_head(const struct printer *printer, struct span span, const char *colour, const char *kind) {
    if (span.source) {
        struct place place = place_of(span);
        fprintf(printer->out, "%s%s:%u:%u:%s ", paint(printer, bold), span.source->name, (unsigned)place.line,
                (unsigned)place.column, paint(printer, plain));
    }
    fprintf(printer->out, "%s%s:%s ", paint(printer, colour), kind, paint(printer, plain));
}

static void print_one(const struct printer *printer, const struct diag *diag) {
    print_head(printer, diag->span, diag->error ? red : magenta, diag->error ? "error" : "warning");
    print_bytes(printer->out, slice_of(diag->message));
    fprintf(printer->out, " [%s]\n", diag_rows[diag->code].name);
    if (diag->span.source)
        print_excerpt(printer, diag->span, place_of(diag->span));
    if (diag->help) {
        fputs("      = help: ", printer->out);
        print_bytes(printer->out, slice_of(diag->help));
        fputc('\n', printer->out);
    }
    for (const struct diag_note *note = diag->notes; note; note = note->next) {
        print_head(printer, note->span, cyan, "note");
        print_bytes(printer->out, slice_of(note->message));
        fputc('\n', printer->out);
    }
}

static int compare(const void *left, const void *right) {
    const struct diag *a = *(const struct diag *const *)left, *b = *(const struct diag *const *)right;
    uint32_t left_order = a->span.source ? a->span.source->order : UINT32_MAX; /* what has no place comes last */
    uint32_t right_order = b->span.source ? b->span.source->order : UINT32_MAX;
    if (left_order != right_order)
        return left_order < right_order ? -1 : 1;
    if (a->span.start != b->span.start)
        return a->span.start < b->span.start ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* A file that is included twice is two sources of one order. */
static bool same(const struct diag *a, const struct diag *b) {
    return a->code == b->code && strcmp(a->message, b->message) == 0 && !a->span.source == !b->span.source &&
           (!a->span.source || a->span.source->order == b->span.source->order);
}

static bool was_said(struct diag *const *sorted, size_t at) {
    for (size_t i = at; i-- > 0 && sorted[i]->span.start == sorted[at]->span.start;)
        if (same(sorted[i], sorted[at]))
            return true;
    return false;
}

static void print_sorted(const struct printer *printer, struct diag *const *sorted, const struct diag_list *list) {
    unsigned printed[2] = {0, 0};
    for (size_t i = 0; i < list->count; i++) {
        const struct diag *diag = sorted[i];
        if (was_said(sorted, i) || printed[diag->error] > DIAG_PRINTED_MAX)
            continue;
        if (printed[diag->error]++ < DIAG_PRINTED_MAX) {
            print_one(printer, diag);
        } else if (diag->error) {
            print_head(printer, diag->span, red, "error");
            fprintf(printer->out, "more than %d errors: the rest is left out [%s]\n", DIAG_PRINTED_MAX,
                    diag_rows[DIAG_MANY_ERRORS].name);
        }
    }
}

int diag_print(const struct diag_list *list, FILE *out, bool colour) {
    if (list->count == 0)
        return 0;
    struct diag **sorted = malloc(list->count * sizeof *sorted);
    if (!sorted)
        return -ENOMEM;
    size_t count = 0;
    for (struct diag *diag = list->first; diag; diag = diag->next)
        sorted[count++] = diag;
    qsort(sorted, count, sizeof *sorted, compare);
    print_sorted(&(struct printer){out, colour}, sorted, list);
    free(sorted);
    return 0;
}
