/* SPDX-License-Identifier: MIT */
/* What the two halves of the story reader share: the line at hand, its words, and where complaints go. story.c reads
 * files and settings, steps.c what happens in a story. */
#ifndef FOV_RUNTIME_SIM_READER_H
#define FOV_RUNTIME_SIM_READER_H

#include "runtime/sim/story.h"

struct reader {
    struct arena *arena;
    struct slice rest; /* what was not read yet */
    struct slice line; /* the line at hand, without its end and trailing blanks */
    unsigned number;
    struct story *story;     /* being read; the settings for all before the first one */
    struct story_step *step; /* that indented lines belong to; NULL: none */
    struct page body;        /* its lines that start with `|` */
    bool out_of_memory;
};

/* Notes the first thing that is wrong with the story. */
void reader_wrong(struct reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The next word of *rest; what stands in quotes is one (without them, *quoted set). False: none is left. */
bool reader_word(struct slice *rest, struct slice *word, bool *quoted);

/* ADDRESS[:PORT], over UDP. */
bool reader_endpoint(struct endpoint *endpoint, struct slice text);
/* TCP or TLS by its word; TRANSPORT_NONE: it is another word. */
enum transport reader_stream(struct slice word);
/* The same over a transport, at its own port when none is said. */
bool reader_place(struct endpoint *endpoint, struct slice text, enum transport transport);

/* A line that is not indented and no setting. */
void reader_step(struct reader *reader);
/* An indented line below a step. */
void reader_field(struct reader *reader);

#endif
