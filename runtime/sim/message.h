/* SPDX-License-Identifier: MIT */
/* A SIP message as the parties of a story read it: plainly, and on purpose not with the server's own scanner, so that
 * one mistake cannot hide the other. It is no fence: it reads what it can and says what is wrong with the rest. */
#ifndef FOV_RUNTIME_SIM_MESSAGE_H
#define FOV_RUNTIME_SIM_MESSAGE_H

#include "grammar/arena.h"

struct message_header {
    struct slice line;  /* as it came, with folding, without the last line end */
    struct slice name;
    struct slice value; /* unfolded, trimmed */
};

struct message {
    struct slice bytes;
    bool request;
    struct slice method, uri;
    unsigned code;
    struct slice reason;
    struct message_header *headers;
    unsigned count;
    struct slice body;
    const char *wrong; /* why this is no good SIP message; NULL: it is one */
};

/* Slices point into `bytes` or `arena`. */
void message_read(struct message *message, struct arena *arena, struct slice bytes);

/* Header names are the same whatever their letter case; the compact form is the name (RFC 3261 7.3.3). */
bool message_same_name(struct slice a, struct slice b);
/* Value of the first line of a header; null: absent. */
struct slice message_value(const struct message *message, const char *name);
/* The n-th (from 0) of all comma-separated values of a header; null: there are fewer. */
struct slice message_item(const struct message *message, const char *name, unsigned n);
unsigned message_items(const struct message *message, struct slice name);
/* Next value of a comma-separated list (quotes and <> respected); false at the end. */
bool message_next_item(struct slice *rest, struct slice *item);

/* Of a Via, From, Route ...: the parameter behind the <URI>; null: absent; empty: without '='. */
struct slice message_param(struct slice value, const char *name);
/* The URI of a From, Contact, Route ...: what stands in <>, or everything up to the first ';'. */
struct slice message_uri(struct slice value);
/* Tag of "From" or "To"; null: none. */
struct slice message_tag(const struct message *message, const char *header);
/* Branch of the top Via; null: none. */
struct slice message_branch(const struct message *message);
/* CSeq: its number (0 when it is broken) and its method. */
unsigned long message_cseq(const struct message *message, struct slice *method);

#endif
