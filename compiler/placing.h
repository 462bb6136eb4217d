/* SPDX-License-Identifier: MIT */
/* Where in a value its inserts stand (enum image_piece): what an inserted text may hold there, and
 * with what in its place the value is judged when the plan is compiled. */
#ifndef FOV_COMPILER_PLACING_H
#define FOV_COMPILER_PLACING_H

#include "compiler/check.h"

enum placing {
    PLACING_LINE,   /* a text */
    PLACING_HEADER, /* a header's value: text, quoted strings, URIs in it */
    PLACING_FROM,   /* the value of From: a URI alone goes into < > */
    PLACING_TO,     /* the value of To */
    PLACING_URI,    /* a URI, or host and port */
};

void placing_set(struct memory *memory, struct piece *pieces, enum placing placing);

/* The value with something harmless for each insert. Several of them: a host may or may not end in
 * a digit, and what brings the scheme may or may not bring the host. */
enum { PLACING_SAMPLES = 4 };
struct slice placing_sample(struct memory *memory, const struct piece *pieces, unsigned which);

#endif
