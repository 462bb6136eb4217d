/* SPDX-License-Identifier: MIT */
/* A host for the plan machine in tests: a request as a list of header lines, words that are
 * counted, and a syntax of URIs that is just enough. */
#ifndef FOV_TESTS_UNIT_PLAN_SUPPORT_HOST_H
#define FOV_TESTS_UNIT_PLAN_SUPPORT_HOST_H

#include "runtime/plan/vm.h"

#include <errno.h>
#include <string.h>

struct host_line {
    const char *name, *value;
};

/* The request, ended by a line without name. */
static const struct host_line *host_lines;
static const char *host_request = "INVITE sip:110@example.com SIP/2.0"; /* $request */
static unsigned host_waits;                                             /* how often $sid has still to wait */
static unsigned host_calls;                                             /* how often it was called */
static int host_failure;                                                /* what header() answers, when not 0 */
static enum word_result host_sid;                                       /* what $sid answers in the end */

static inline int host_header(struct vm *vm, enum header header, struct slice name, unsigned index,
                              struct slice *value) {
    (void)vm;
    if (host_failure)
        return host_failure;
    for (const struct host_line *row = host_lines; row && row->name; row++) {
        struct slice text = slice_of(row->name);
        bool same = header == HEADER_OTHER ? slice_same(text, name) : header_named(text) == header;
        if (same && index-- == 0) {
            *value = slice_of(row->value);
            return 1;
        }
    }
    return 0;
}

static inline bool host_is_uri(struct slice text) {
    return slice_starts(text, SLICE("sip:")) && slice_find(text, 0, ' ') == text.len && text.len > 4;
}

static inline bool host_is_target(struct slice text) {
    return slice_find(text, 0, ' ') == text.len;
}

static inline int host_to(struct vm *vm, struct slice value, struct slice *header_value, struct slice *uri) {
    if (!host_is_uri(value))
        return -EINVAL;
    char *wrapped = arena_printf(vm->outcome->arena, "<%.*s>", SLICE_ARG(value));
    if (!wrapped)
        return -ENOMEM;
    *header_value = slice_of(wrapped);
    *uri = value;
    return 0;
}

static inline enum word_result host_word_null(struct vm *vm, const struct slice *arguments, unsigned count,
                                              struct slice *result) {
    (void)vm, (void)arguments, (void)count, (void)result;
    return WORD_NULL;
}

static inline enum word_result host_word_request(struct vm *vm, const struct slice *arguments, unsigned count,
                                                 struct slice *result) {
    (void)vm, (void)arguments, (void)count;
    *result = slice_of(host_request);
    return WORD_TEXT;
}

static inline enum word_result host_word_sid(struct vm *vm, const struct slice *arguments, unsigned count,
                                             struct slice *result) {
    (void)vm, (void)arguments, (void)count;
    host_calls++;
    if (host_waits) {
        host_waits--;
        return WORD_WAIT;
    }
    *result = SLICE("17");
    return host_sid;
}

static word_table host_words;

static inline const struct vm_host *host(void) {
    static const struct vm_host host = {.homes = {[HOME_TEXT] = &words_text,
                                                  [HOME_MESSAGE] = &host_words,
                                                  [HOME_STATE] = &host_words,
                                                  [HOME_LOCATION] = &host_words,
                                                  [HOME_DIRECTORY] = &host_words,
                                                  [HOME_LIMIT] = &host_words},
                                        .header = host_header,
                                        .to = host_to,
                                        .is_uri = host_is_uri,
                                        .is_target = host_is_target};
    for (enum word word = 0; word < WORD_COUNT; word++)
        host_words[word] = host_word_null;
    host_words[WORD_REQUEST] = host_word_request;
    host_words[WORD_SID] = host_word_sid;
    return &host;
}

#endif
