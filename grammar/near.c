/* SPDX-License-Identifier: MIT */
#include "grammar/near.h"

#include <string.h>

enum { LENGTH_MAX = 48 }; /* longer words have no near miss worth the time */

/* Up to a third of the letters may differ: beyond that a suggestion misleads more often than it
 * helps. */
void near_start(struct near *near, struct slice word) {
    unsigned far = word.len < 3 ? (unsigned)(word.len / 2) : (unsigned)(word.len / 3 < 4 ? word.len / 3 : 4);
    *near = (struct near){.word = word, .distance = word.len > LENGTH_MAX || word.len == 0 ? 0 : far + 1};
}

static unsigned least(unsigned a, unsigned b) {
    return a < b ? a : b;
}

static unsigned distance(struct slice a, struct slice b) {
    unsigned rows[3][LENGTH_MAX + 1];
    unsigned *before = rows[0], *last = rows[1], *row = rows[2];
    for (unsigned j = 0; j <= b.len; j++)
        last[j] = j;
    for (unsigned i = 1; i <= a.len; i++) {
        row[0] = i;
        for (unsigned j = 1; j <= b.len; j++) {
            char x = byte_lower((unsigned char)a.at[i - 1]), y = byte_lower((unsigned char)b.at[j - 1]);
            row[j] = least(last[j - 1] + (x != y), least(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && x == byte_lower((unsigned char)b.at[j - 2]) &&
                y == byte_lower((unsigned char)a.at[i - 2]))
                row[j] = least(row[j], before[j - 2] + 1);
        }
        unsigned *free = before;
        before = last;
        last = row;
        row = free;
    }
    return last[b.len];
}

void near_try(struct near *near, const char *candidate) {
    struct slice name = slice_of(candidate);
    if (near->distance == 0 || name.len > LENGTH_MAX)
        return;
    const char *dot = strrchr(candidate, '.');
    unsigned far = dot && slice_same(slice_of(dot + 1), near->word) ? 1 : distance(near->word, name);
    if (far < near->distance) {
        near->distance = far;
        near->best = candidate;
    }
}
