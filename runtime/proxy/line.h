/* SPDX-License-Identifier: MIT */
/* A line that grows in an arena: how log lines and call records are written. After an allocation
 * failed it stays as it is and says so. */
#ifndef FOV_RUNTIME_PROXY_LINE_H
#define FOV_RUNTIME_PROXY_LINE_H

#include "grammar/arena.h"

struct line {
    struct arena *arena;
    char *at;
    size_t len, room;
    bool failed; /* out of memory: what is there is not all */
};

void line_init(struct line *line, struct arena *arena);
void line_add(struct line *line, struct slice more);
void line_byte(struct line *line, char byte);
void line_number(struct line *line, uint64_t number);
struct slice line_slice(const struct line *line);

/* The name of the next member of a JSON object, with the comma before it and the colon behind. */
void line_member(struct line *line, const char *name);
/* A JSON string with its quotes: RFC 8259 7; what is no UTF-8 becomes U+FFFD. */
void line_json(struct line *line, struct slice value);

/* A logfmt value: bare when it is made of harmless characters, else quoted, with everything that
 * could end the value or the line escaped; cut behind LINE_LOG_MAX bytes. No peer can forge a key
 * or a line. */
enum { LINE_LOG_MAX = 256 };
void line_logfmt(struct line *line, struct slice value);

#endif
