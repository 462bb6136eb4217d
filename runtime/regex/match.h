/* SPDX-License-Identifier: MIT */
/* Searches a subject for a pattern. Time is linear in the subject: each pair of instruction and
 * position is visited at most once. Pure: all memory comes from the caller. */
#ifndef FOV_RUNTIME_REGEX_MATCH_H
#define FOV_RUNTIME_REGEX_MATCH_H

#include "runtime/regex/program.h"

enum { RX_SUBJECT_MAX = 4096 };

/* What a match may use: one for each thread, made once. */
struct rx_scratch;
struct rx_scratch *rx_scratch_new(void); /* NULL: out of memory */
void rx_scratch_free(struct rx_scratch *scratch);

/* Where a group stands in the subject; at < 0: took no part. */
struct rx_group {
    int32_t at, end;
};

enum rx_result {
    RX_FOUND = 1,
    RX_NOT_FOUND = 0,
    RX_TOO_LONG = -1, /* subject over RX_SUBJECT_MAX */
    RX_NO_STEPS = -2, /* the budget ran out, or more ways were open at once than the scratch memory
                       * holds: 64 for each byte of the longest subject */
};

/* groups: NULL, or 1 + program->groups entries; entry 0 is the whole match. inserts: texts of
 * capture slots for RX_INSERT, null ones are empty; may be NULL when the program has none. *steps
 * is counted down, also when nothing is found: by one for each instruction, each byte that an
 * insert is compared with, and each four bytes that a run or the search for a place to start passes
 * over. The program must be verified. */
enum rx_result rx_search(const struct rx_program *program, struct slice subject, const struct slice *inserts,
                         struct rx_group *groups, uint64_t *steps, struct rx_scratch *scratch);

#endif
