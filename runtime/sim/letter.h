/* SPDX-License-Identifier: MIT */
/* A SIP message as the parties of a story read it: plainly, and on purpose not with the server's own scanner, so that
 * one mistake cannot hide the other. It is no fence: it reads what it can and says what is wrong with the rest. */
#ifndef FOV_RUNTIME_SIM_LETTER_H
#define FOV_RUNTIME_SIM_LETTER_H

#include "grammar/arena.h"

struct letter_header {
    struct slice line; /* as it came, with folding, without the last line end */
    struct slice name;
    struct slice value; /* unfolded, trimmed */
};

struct letter {
    struct slice bytes;
    bool request;
    struct slice method, uri;
    unsigned code;
    struct slice reason;
    struct letter_header *headers;
    unsigned count;
    struct slice body;
    const char *wrong; /* why this is no good SIP message; NULL: it is one */
};

/* Slices point into `bytes` or `arena`. */
void letter_read(struct letter *message, struct arena *arena, struct slice bytes);

/* Header names are the same whatever their letter case; the compact form is the name (RFC 3261 7.3.3). */
bool letter_same_name(struct slice a, struct slice b);
/* Value of the first line of a header; null: absent. */
struct slice letter_value(const struct letter *message, const char *name);
/* The n-th (from 0) of all comma-separated values of a header; null: there are fewer. */
struct slice letter_item(const struct letter *message, const char *name, unsigned n);
unsigned letter_items(const struct letter *message, struct slice name);

/* Of a Via, From, Route ...: the parameter behind the <URI>; null: absent; empty: without '='. */
struct slice letter_param(struct slice value, const char *name);
/* The URI of a From, Contact, Route ...: what stands in <>, or everything up to the first ';'. */
struct slice letter_uri(struct slice value);
/* Tag of "From" or "To"; null: none. */
struct slice letter_tag(const struct letter *message, const char *header);
/* Branch of the top Via; null: none. */
struct slice letter_branch(const struct letter *message);
/* CSeq: its number (0 when it is broken) and its method. */
unsigned long letter_cseq(const struct letter *message, struct slice *method);

#endif
