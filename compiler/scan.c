/* SPDX-License-Identifier: MIT */
#include "compiler/scan.h"

#include "grammar/lines.h"

struct span scan_span(const struct scan *scan, size_t at, size_t length) {
    return text_span(&scan->text, at, length);
}

unsigned scan_quote_at(struct slice text, size_t at) {
    if (at < text.len && text.at[at] == '"')
        return 1;
    bool typographic = text.len - at >= 3 && text.at[at] == '\xE2' && text.at[at + 1] == '\x80' &&
                       (unsigned char)text.at[at + 2] >= 0x9C && (unsigned char)text.at[at + 2] <= 0x9F;
    return typographic ? 3 : 0;
}

static unsigned escape_at(struct slice text, size_t at) {
    return at + 1 < text.len && text.at[at] == '\\' ? scan_quote_at(text, at + 1) : 0;
}

struct text scan_string(struct scan *scan, size_t at, size_t length) {
    struct slice token = slice_cut(scan->text.s, at, at + length);
    size_t first = scan_quote_at(token, 0);
    size_t last = token.len - (token.at[token.len - 1] == '"' ? 1 : 3);
    struct slice inside = slice_cut(token, first, last);
    size_t escapes = 0;
    for (size_t i = 0; i < inside.len; i++)
        escapes += escape_at(inside, i) != 0;
    struct text text = text_cut(&scan->text, at + first, at + last);
    if (escapes == 0)
        return text;
    char *bytes = memory_new(scan->build->memory, inside.len);
    uint32_t *map = memory_new(scan->build->memory, (inside.len + 1) * sizeof *map);
    size_t count = 0;
    for (size_t i = 0; i < inside.len; i++) {
        if (escape_at(inside, i))
            i++;
        map[count] = text_span(&text, i, 1).start;
        bytes[count++] = inside.at[i];
    }
    map[count] = text.span.end;
    return (struct text){{bytes, count}, text.span, map};
}

struct text scan_trimmed(struct scan *scan, size_t at, size_t length) {
    struct slice token = slice_cut(scan->text.s, at, at + length), trimmed = blank_trim(token);
    size_t start = at + (size_t)(trimmed.at - token.at);
    return text_cut(&scan->text, start, start + trimmed.len);
}

/* The end of the string that starts at `at`; the end of the line when it does not close. */
static size_t string_end(struct slice text, size_t at) {
    for (at += scan_quote_at(text, at); at < text.len && text.at[at] != '\n';) {
        unsigned escaped = escape_at(text, at), quote = scan_quote_at(text, at);
        if (quote)
            return at + quote;
        at += escaped ? escaped + 1 : 1;
    }
    return at;
}

bool scan_opens(struct scan *scan, size_t at) {
    struct span span = scan_span(scan, at - 1, 1);
    if (scan->depth >= SCAN_NESTING_MAX) {
        diag_report(scan->build->diags, DIAG_LIMIT, span, "more than %d parentheses in each other", SCAN_NESTING_MAX);
        return false;
    }
    bool outermost = scan->depth++ == scan->outer;
    unsigned open = 1;
    struct slice text = scan->text.s;
    while (outermost && open && at < text.len && text.at[at] != '\n') {
        if (scan_quote_at(text, at)) {
            at = string_end(text, at);
            if (at < text.len && text.at[at] == '\n') /* reported when the scanner comes there */
                return true;
            continue;
        }
        open += text.at[at] == '(';
        open -= text.at[at] == ')';
        at++;
    }
    if (outermost && open) {
        diag_report(scan->build->diags, DIAG_QUOTE_OPEN, span, "'(' is not closed on this line");
        return false;
    }
    return true;
}

void scan_unclosed_quote(struct scan *scan, size_t at) {
    diag_report(scan->build->diags, DIAG_QUOTE_OPEN, scan_span(scan, at, scan_quote_at(scan->text.s, at)),
                "this quotation mark is not closed on this line");
}
