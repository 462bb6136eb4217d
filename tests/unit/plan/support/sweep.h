/* SPDX-License-Identifier: MIT */
/* Every single-byte change of a good image with the hashes computed anew: refused by an invariant
 * that has a number, or run without harm. Harm is what the sanitizers report, and more steps than
 * the budget. */
#ifndef FOV_TESTS_UNIT_PLAN_SUPPORT_SWEEP_H
#define FOV_TESTS_UNIT_PLAN_SUPPORT_SWEEP_H

#include "runtime/plan/disasm.h"
#include "runtime/plan/verify.h"
#include "tests/unit/plan/support/assemble.h"
#include "tests/unit/plan/support/host.h"

#include <stddef.h>

struct sweep {
    unsigned long refused[VERIFY_INVARIANTS + 1], ran, harmed;
    struct rx_scratch *scratch;
    FILE *nowhere;
};

static inline void sweep_begin(struct sweep *sweep) {
    *sweep = (struct sweep){.scratch = rx_scratch_new(), .nowhere = fopen("/dev/null", "w")};
    assert(sweep->scratch && sweep->nowhere);
}

static inline void sweep_end(struct sweep *sweep) {
    rx_scratch_free(sweep->scratch);
    fclose(sweep->nowhere);
}

static const struct host_line sweep_request[] = {{"To", "\"A\" <sip:110@example.com>;x=4.."},
                                                 {"From", "<sip:bob@example.com>;tag=abc"},
                                                 {"User-Agent", "sipcli/1.0"},
                                                 {"X-Own", "abab12"},
                                                 {"X-Own", "second;"},
                                                 {NULL, NULL}};

/* Runs both lists as a server would, and all that prints or looks up. */
static inline bool sweep_run(struct sweep *sweep, const struct image *image) {
    static struct vm vm;
    struct arena arena;
    struct outcome outcome;
    char title[IMAGE_TITLE];
    host_lines = sweep_request;
    host_sid = WORD_TEXT;
    arena_init(&arena, NULL, 0, 16 << 20);
    outcome_init(&outcome, &arena);
    for (unsigned list = 0; list < 2; list++) {
        host_waits = 1;
        if (vm_run(&vm, image, host(), &outcome, sweep->scratch, list == 0) == VM_WAITING)
            vm_resume(&vm);
    }
    bool fine = outcome.steps <= VM_STEPS + (uint64_t)VM_STEPS_RULE * image->rule_count;
    if (outcome.failover.response != OUTCOME_NO_PATTERN)
        vm_matches(image, outcome.failover.response, SLICE("486"), sweep->scratch);
    for (uint32_t pc = 0; pc < image->code_count; pc++)
        image_line_at(image, pc);
    for (uint32_t rule = 0; rule < image->rule_count; rule++)
        fine = fine && strlen(image_rule_title(image, rule, title, sizeof title)) < sizeof title;
    disasm_image(sweep->nowhere, image);
    arena_free(&arena);
    return fine;
}

/* `image` is a copy of its own, so that the sanitizers see where it ends. */
static inline void sweep_judge(struct sweep *sweep, const uint8_t *image, size_t length) {
    struct image opened;
    struct image_refusal refusal;
    if (verify_image(&opened, image, length, &refusal) == 0) {
        sweep->ran++;
        sweep->harmed += !sweep_run(sweep, &opened);
    } else {
        bool named = refusal.invariant >= 1 && refusal.invariant <= VERIFY_INVARIANTS && refusal.reason[0];
        sweep->refused[named ? refusal.invariant : 0]++;
        sweep->harmed += !named;
    }
}

/* Hashes that a change to them would not survive are left as the change made them. */
static inline void sweep_seal(uint8_t *image, size_t length, size_t changed) {
    if (changed < offsetof(struct image_header, plan_hash) || changed >= sizeof(struct image_header))
        seal(image, length);
    else if (changed < offsetof(struct image_header, checksum) || changed >= offsetof(struct image_header, reserved))
        seal_checksum(image, length);
}

static inline void sweep_bytes(struct sweep *sweep, const uint8_t *good, size_t length) {
    uint8_t *image = malloc(length);
    assert(image);
    for (size_t at = 0; at < length; at++) {
        for (unsigned change = 0; change < 11; change++) {
            uint8_t byte = change < 8    ? (uint8_t)(good[at] ^ 1u << change)
                           : change == 8 ? (uint8_t)(good[at] + 1)
                           : change == 9 ? 0
                                         : 0xff;
            if (byte == good[at])
                continue;
            memcpy(image, good, length);
            image[at] = byte;
            sweep_seal(image, length, at);
            sweep_judge(sweep, image, length);
        }
    }
    free(image);
}

/* Cut at every length, as it is and with the frame's numbers put right. */
static inline unsigned long sweep_truncations(const uint8_t *good, size_t length) {
    unsigned long taken = 0;
    for (size_t cut = 0; cut < length; cut++) {
        uint8_t *image = malloc(cut ? cut : 1);
        struct image opened;
        struct image_refusal refusal;
        assert(image);
        memcpy(image, good, cut);
        taken += verify_image(&opened, image, cut, &refusal) == 0 || !refusal.invariant;
        if (cut >= ASSEMBLY_TABLE_END) {
            ((struct image_header *)(void *)image)->length = cut;
            seal(image, cut);
            taken += verify_image(&opened, image, cut, &refusal) == 0 || !refusal.invariant;
        }
        free(image);
    }
    return taken;
}

static inline void sweep_print(const struct sweep *sweep, FILE *out) {
    unsigned long refused = 0;
    for (unsigned i = 0; i <= VERIFY_INVARIANTS; i++)
        refused += sweep->refused[i];
    fprintf(out, "%lu changed images: %lu refused, %lu ran; refused by invariant", refused + sweep->ran, refused,
            sweep->ran);
    for (unsigned i = 0; i <= VERIFY_INVARIANTS; i++)
        if (sweep->refused[i])
            fprintf(out, " %u:%lu", i, sweep->refused[i]);
    putc('\n', out);
}

#endif
