/* SPDX-License-Identifier: MIT */
/* What the scanner (plan.l) and the parser (plan.y) share while they read one text: a file, or a
 * condition in quotes. */
#ifndef FOV_COMPILER_SCAN_H
#define FOV_COMPILER_SCAN_H

#include "compiler/build.h"

enum { SCAN_NESTING_MAX = 32 }; /* functions in functions, strings in strings */

struct scan {
    struct build *build;
    struct text text; /* what is read */
    size_t at;        /* of the next byte */
    int start;        /* token that says what kind of text it is, given once, before all others */
    unsigned depth;   /* parentheses that are open; those of the text around count */
    unsigned outer;   /* ... those of the text around */
    bool skip;        /* an error was reported: the rest of the line says nothing */
};

/* Bytes of the quotation mark at `at`: " or U+201C to U+201F; 0 for none. */
unsigned scan_quote_at(struct slice text, size_t at);
/* Place of `length` bytes of the text from `at` on. */
struct span scan_span(const struct scan *scan, size_t at, size_t length);
/* What stands between the quotes of a string token at `at`; \" becomes ". */
struct text scan_string(struct scan *scan, size_t at, size_t length);
/* The token there without blanks at its ends. */
struct text scan_trimmed(struct scan *scan, size_t at, size_t length);
/* Does the parenthesis before `at` close on this line? Reports it when not. */
bool scan_opens(struct scan *scan, size_t at);
void scan_unclosed_quote(struct scan *scan, size_t at);

/* Reads all of it into scan->build. */
void scan_run(struct scan *scan);

#endif
