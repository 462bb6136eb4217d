/* SPDX-License-Identifier: MIT */
/* Random patterns of the dialect, each as two texts that mean the same: ours, and PCRE2's; and subjects that they are
 * likely to match. The same seed gives the same ones. */
#ifndef FOV_TESTS_FUZZ_REGEX_PATTERN_H
#define FOV_TESTS_FUZZ_REGEX_PATTERN_H

#include "grammar/slice.h"

enum { PATTERN_TEXT = 8192, PATTERN_SUBJECT = 200, PATTERN_NODES = 48, PATTERN_INSERTS = 2 };

struct pattern_node;

struct pattern {
    uint64_t random;
    struct pattern_node *nodes;
    unsigned node_count, groups;
    bool inserts_on;                       /* ours is to be parsed with RX_INSERTS */
    struct slice inserts[PATTERN_INSERTS]; /* texts of %1 and %2 */
    char ours[PATTERN_TEXT], pcre[PATTERN_TEXT];
};

struct pattern *pattern_new(void); /* NULL: out of memory */
void pattern_free(struct pattern *pattern);
void pattern_make(struct pattern *pattern, uint64_t seed);
/* A subject: often one that matches, with other text around it or a byte changed. Returns its length. */
size_t pattern_subject(struct pattern *pattern, char subject[PATTERN_SUBJECT]);

#endif
