/* SPDX-License-Identifier: MIT */
/* Edits of a message as bytes: what is not named stays as it came, byte for byte (RFC 3261 16.6). Edits are noted in
 * any order and applied in one pass. Inserted texts must live until edit_apply. Edits may overlap: what one leaves out
 * stays out, and an edit that begins inside it loses its text (a value set on a line that is removed as well); the same
 * bytes replaced twice become the second text. */
#ifndef FOV_RUNTIME_SIP_EDIT_H
#define FOV_RUNTIME_SIP_EDIT_H

#include "grammar/arena.h"
#include "runtime/sip/scan.h"

enum { EDITS_MAX = 160 };

struct edit {
    const struct sip_message *message;
    struct edit_piece {
        uint32_t at, end; /* bytes of the message to leave out */
        struct slice with;
    } pieces[EDITS_MAX]; /* by place, then in order of the calls */
    unsigned count;
    bool overflow; /* too many edits: edit_apply answers -E2BIG */
};

void edit_begin(struct edit *edit, const struct sip_message *message);
void edit_replace(struct edit *edit, uint32_t at, uint32_t end, struct slice with);
/* Before the first header line, in order of the calls (Via, Record-Route go on top). `line` has its CRLF. */
void edit_prepend_line(struct edit *edit, struct slice line);
/* Behind the last header line. */
void edit_append_line(struct edit *edit, struct slice line);
/* Every line of that header goes (any spelling); name is for HEADER_OTHER. */
void edit_remove_header(struct edit *edit, enum header header, struct slice name);
/* All its lines become one (where the first stood); added when absent, removed when the value is empty. The name is
 * kept as it came. `arena` for the line's text. */
int edit_set_header(struct edit *edit, struct arena *arena, enum header header, struct slice name, struct slice value);
/* Says how long the body is when the message does not: on a stream nothing else ends it, and what stood in a datagram
 * must not pass for the next message (RFC 3261 16.6 step 9, 18.4). 0, -ENOMEM. */
int edit_add_length(struct edit *edit, struct arena *arena);
/* Only the value of header line n; its name and place stay. */
void edit_set_value(struct edit *edit, unsigned header_line, struct slice value);

size_t edit_size(const struct edit *edit);
/* Bytes written to out (of `room`), or -E2BIG. */
long edit_apply(const struct edit *edit, char *out, size_t room);

#endif
