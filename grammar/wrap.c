/* SPDX-License-Identifier: MIT */
#include "grammar/wrap.h"

#include <string.h>

enum { WIDTH = 80 };

void wrap_print(FILE *out, const char *text, int column) {
    size_t at = WIDTH;
    while (*text) {
        size_t word = strcspn(text, " ");
        if (at + 1 + word > WIDTH) {
            fprintf(out, "\n%*s", column, "");
            at = (size_t)column;
        } else {
            fputc(' ', out);
            at++;
        }
        fwrite(text, 1, word, out);
        at += word;
        text += word;
        text += strspn(text, " ");
    }
}
