/* SPDX-License-Identifier: MIT */
/* The lines of a text before anybody parses them (language.md section 2): a byte order mark and CRs
 * before LFs go, lines that end in a blank and a backslash are joined, and bytes that may not stand
 * in a text are reported. */
#ifndef FOV_GRAMMAR_LINES_H
#define FOV_GRAMMAR_LINES_H

#include "grammar/diag.h"

enum { LINE_LENGTH_MAX = 64 * 1024 };

/* Sets source->text, which ends in LF, has neither CR nor NUL, and is UTF-8. 0 or -ENOMEM. */
int lines_read(struct source *source, struct arena *arena, struct diag_list *diags);

/* Bytes of the blank at `at`: SP, HTAB, or the two of U+00A0; 0: no blank. */
unsigned blank_at(struct slice text, size_t at);
/* Without blanks at its ends, U+00A0 included. */
struct slice blank_trim(struct slice text);

#endif
