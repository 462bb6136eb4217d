/* SPDX-License-Identifier: MIT */
/* A plan made by hand, and what running it gives: begin(), instructions, evaluate(), questions,
 * end(). */
#ifndef FOV_TESTS_UNIT_PLAN_SUPPORT_RUN_H
#define FOV_TESTS_UNIT_PLAN_SUPPORT_RUN_H

#include "runtime/plan/verify.h"
#include "tests/unit/plan/support/host.h"
#include "tests/unit/plan/support/pattern.h"
#include "tests/unit/plan/support/rich.h"

#include <criterion/criterion.h>

/* A plan, and what running it gave. */
static struct run {
    struct assembly a;
    uint8_t *bytes;
    struct image image;
    struct arena arena;
    size_t limit; /* of the arena */
    struct outcome outcome;
    struct vm vm;
    struct rx_scratch *scratch;
} run;

static const struct host_line request[] = {{"From", "\"Ann\" <sip:ann@example.com>;tag=1"},
                                           {"To", "<sip:911@example.com>"},
                                           {"X-Own", "first=1"},
                                           {"X-Own", "second=2"},
                                           {"X-Own", "second=3"},
                                           {"m", "<sip:ann@192.0.2.1>"},
                                           {NULL, NULL}};

enum { FROM, TO, X_OWN, CONTACT, ABSENT, BRANCH, MAX_FORWARDS };

/* Without names. */
static inline void begin_empty(void) {
    run.a = (struct assembly){0};
    run.limit = 0;
    host_lines = request;
    host_waits = host_calls = 0;
    host_failure = 0;
    host_sid = WORD_TEXT;
}

static inline void begin(void) {
    begin_empty();
    name(&run.a, "From", IMAGE_NAME_READ);
    name(&run.a, "To", IMAGE_NAME_READ);
    name(&run.a, "x-own", IMAGE_NAME_READ);
    name(&run.a, "Contact", IMAGE_NAME_READ);
    name(&run.a, "X-Absent", IMAGE_NAME_READ);
    name(&run.a, "branch", IMAGE_NAME_ENV | IMAGE_NAME_READ);
    name(&run.a, "Max-Forwards", IMAGE_NAME_READ);
}

static inline void verify(void) {
    struct image_refusal refusal;
    size_t length;
    run.bytes = assemble(&run.a, &length);
    int result = verify_image(&run.image, run.bytes, length, &refusal);
    cr_assert_eq(result, 0, "%u: %s", refusal.invariant, refusal.reason);
    run.scratch = rx_scratch_new();
    cr_assert(run.scratch);
    arena_init(&run.arena, NULL, 0, run.limit);
    outcome_init(&run.outcome, &run.arena);
}

static inline enum vm_result start(bool preliminary) {
    return vm_run(&run.vm, &run.image, host(), &run.outcome, run.scratch, preliminary);
}

static inline enum vm_result evaluate(void) {
    verify();
    return start(false);
}

static inline void end(void) {
    arena_free(&run.arena);
    rx_scratch_free(run.scratch);
    free(run.bytes);
}

static struct assembly *const a = &run.a; /* op(a, ...) reads best */

#define assert_text(SLICE_, TEXT_)                                                                                     \
    do {                                                                                                               \
        struct slice got_ = (SLICE_);                                                                                  \
        cr_assert(slice_equal(got_, slice_of(TEXT_)), "'%.*s' is not '%s'", SLICE_ARG(got_), TEXT_);                   \
    } while (0)

/* `header = pattern`, `header = !pattern`; the rule's last instruction is the `next`th. */
static inline void condition(uint16_t header, bool negated, const char *written, uint32_t next) {
    op(a, OP_MATCH_HEADER, header, negated, compiled(a, written, false));
    op(a, OP_UNLESS, 0, 0, next);
}

static inline void set_log(const char *bytes) {
    op_text(a, bytes);
    op(a, OP_SET, VARIABLE_LOG, 0, 0);
}

/* An unconditional rule, but for its END. */
static inline void always(void) {
    rule(a, 0, 0, "");
}

static inline void done(void) {
    op(a, OP_DONE, 0, 0, 0);
}

static inline void done_or_next(void) {
    op(a, OP_DONE, 0, 0, 0);
    op(a, OP_NEXT, 0, 0, 0);
}

static inline void go_on(void) {
    op_text(a, "true");
    op(a, OP_SET, VARIABLE_CONTINUE, 0, 0);
}

#endif
