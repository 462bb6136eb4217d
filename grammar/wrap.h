/* SPDX-License-Identifier: MIT */
/* Texts of the tables as --help shows them. */
#ifndef FOV_GRAMMAR_WRAP_H
#define FOV_GRAMMAR_WRAP_H

#include <stdio.h>

/* The words of `text` from the next line on, each line indented by `column` blanks and at most 80 columns wide; no line
 * end behind the last. */
void wrap_print(FILE *out, const char *text, int column);

#endif
