/* SPDX-License-Identifier: MIT */
#include "runtime/state/nonce.h"

#include <criterion/criterion.h>
#include <string.h>

enum { START = 1000000, SMALL = 4 };

static const struct hash_key key = {{1, 2, 3}}, other_key = {{1, 2, 4}};
static struct nonces *nonces;

static void open_nonces(void) {
    nonces = nonces_new(&key, SLICE("fov.example"), SMALL);
    cr_assert_not_null(nonces);
}

static void close_nonces(void) {
    nonces_free(nonces);
}

TestSuite(nonce, .init = open_nonces, .fini = close_nonces);

static struct slice make(char text[NONCE_LENGTH], uint64_t salt, uint64_t now) {
    nonce_write(nonces, salt, now, text);
    return (struct slice){text, NONCE_LENGTH};
}

Test(nonce, is_good_once_for_each_count) {
    char text[NONCE_LENGTH];
    struct slice nonce = make(text, 1, START);
    cr_expect_eq(nonce_use(nonces, nonce, 1, START), NONCE_GOOD);
    cr_expect_eq(nonce_use(nonces, nonce, 1, START), NONCE_REPLAYED);
    cr_expect_eq(nonce_use(nonces, nonce, 2, START), NONCE_GOOD);
    cr_expect_eq(nonce_use(nonces, nonce, 1, START), NONCE_REPLAYED);
    cr_expect_eq(nonce_use(nonces, nonce, 2, START), NONCE_REPLAYED);
    cr_expect_eq(nonce_use(nonces, nonce, NONCE_ONCE, START), NONCE_REPLAYED);
}

/* Against a plain set of what was used. */
Test(nonce, counts_may_come_in_any_order_within_the_window) {
    static bool used[256];
    char text[NONCE_LENGTH];
    struct slice nonce = make(text, 1, START);
    unsigned highest = 0, random = 12345;
    for (unsigned i = 0; i < 10000; i++) {
        random = random * 1103515245 + 12345;
        unsigned count = highest + 3 - (random >> 16) % 80;
        if (count - 1 >= 255)
            continue;
        bool fresh = !used[count] && (count > highest || highest - count < 64);
        cr_assert_eq(nonce_use(nonces, nonce, count, START), fresh ? NONCE_GOOD : NONCE_REPLAYED, "%u of %u", count,
                     highest);
        used[count] |= fresh;
        highest = count > highest ? count : highest;
    }
    cr_expect_gt(highest, 200);
    cr_expect_eq(nonce_use(nonces, nonce, UINT32_MAX, START), NONCE_GOOD);
    cr_expect_eq(nonce_use(nonces, nonce, UINT32_MAX, START), NONCE_REPLAYED);
    cr_expect_eq(nonce_use(nonces, nonce, UINT32_MAX - 63, START), NONCE_GOOD);
    cr_expect_eq(nonce_use(nonces, nonce, UINT32_MAX - 64, START), NONCE_REPLAYED);
}

Test(nonce, without_a_count_is_good_once_and_with_none_afterwards) {
    char text[NONCE_LENGTH];
    struct slice nonce = make(text, 1, START);
    cr_expect_eq(nonce_use(nonces, nonce, NONCE_ONCE, START), NONCE_GOOD);
    cr_expect_eq(nonce_use(nonces, nonce, NONCE_ONCE, START), NONCE_REPLAYED);
    cr_expect_eq(nonce_use(nonces, nonce, 1, START), NONCE_REPLAYED);
    cr_expect_eq(nonce_use(nonces, nonce, UINT32_MAX, START), NONCE_REPLAYED);
}

Test(nonce, lives_for_its_time_and_not_before_it) {
    char text[NONCE_LENGTH];
    struct slice nonce = make(text, 1, START);
    cr_expect_eq(nonce_use(nonces, nonce, 1, START - 1), NONCE_STALE);
    cr_expect_eq(nonce_use(nonces, nonce, 1, START + NONCE_LIFE - 1), NONCE_GOOD);
    cr_expect_eq(nonce_use(nonces, nonce, 2, START + NONCE_LIFE), NONCE_STALE);
}

Test(nonce, with_any_other_digit_is_none) {
    char text[NONCE_LENGTH];
    struct slice nonce = make(text, 1, START);
    for (unsigned i = 0; i < NONCE_LENGTH; i++)
        for (unsigned c = 1; c < 256; c++) {
            char kept = text[i];
            text[i] = (char)c;
            cr_assert(text[i] == kept || nonce_use(nonces, nonce, 1, START) == NONCE_STALE, "%u at %u", c, i);
            text[i] = kept;
        }
    cr_expect_eq(nonce_use(nonces, slice_cut(nonce, 0, NONCE_LENGTH - 1), 1, START), NONCE_STALE);
    cr_expect_eq(nonce_use(nonces, SLICE_EMPTY, 1, START), NONCE_STALE);
    cr_expect_eq(nonce_use(nonces, nonce, 1, START), NONCE_GOOD);
}

Test(nonce, of_another_key_or_realm_is_none) {
    char text[NONCE_LENGTH];
    struct slice nonce = make(text, 1, START);
    struct nonces *keyed = nonces_new(&other_key, SLICE("fov.example"), SMALL);
    struct nonces *elsewhere = nonces_new(&key, SLICE("fov.exampl"), SMALL);
    struct nonces *same = nonces_new(&key, SLICE("fov.example"), SMALL);
    cr_assert(keyed && elsewhere && same);
    cr_expect_eq(nonce_use(keyed, nonce, 1, START), NONCE_STALE);
    cr_expect_eq(nonce_use(elsewhere, nonce, 1, START), NONCE_STALE);
    cr_expect_eq(nonce_use(same, nonce, 1, START), NONCE_GOOD);
    nonces_free(keyed);
    nonces_free(elsewhere);
    nonces_free(same);
}

Test(nonce, what_is_forgotten_takes_all_that_are_as_old_with_it) {
    char texts[SMALL + 2][NONCE_LENGTH];
    for (unsigned i = 0; i < SMALL + 2; i++)
        make(texts[i], i, START + i / 2);
    for (unsigned i = 0; i < SMALL; i++)
        cr_assert_eq(nonce_use(nonces, (struct slice){texts[i], NONCE_LENGTH}, 1, START + 100), NONCE_GOOD);
    cr_assert_eq(nonce_use(nonces, (struct slice){texts[SMALL], NONCE_LENGTH}, 1, START + 100), NONCE_GOOD);
    for (unsigned i = 0; i < 2; i++) /* one was forgotten, the other is as old */
        cr_expect_eq(nonce_use(nonces, (struct slice){texts[i], NONCE_LENGTH}, 2, START + 100), NONCE_STALE);
    for (unsigned i = 2; i <= SMALL; i++) {
        cr_expect_eq(nonce_use(nonces, (struct slice){texts[i], NONCE_LENGTH}, 1, START + 100), NONCE_REPLAYED);
        cr_expect_eq(nonce_use(nonces, (struct slice){texts[i], NONCE_LENGTH}, 2, START + 100), NONCE_GOOD);
    }
}

Test(nonce, what_has_had_its_time_is_forgotten_without_a_trace) {
    char old[SMALL][NONCE_LENGTH], fresh[SMALL + 1][NONCE_LENGTH];
    uint64_t later = START + NONCE_LIFE;
    for (unsigned i = 0; i < SMALL; i++)
        cr_assert_eq(nonce_use(nonces, make(old[i], i, START), 1, START), NONCE_GOOD);
    for (unsigned i = 0; i < SMALL; i++)
        cr_expect_eq(nonce_use(nonces, make(fresh[i], i, later), 1, later), NONCE_GOOD);
    for (unsigned i = 0; i < SMALL; i++)
        cr_expect_eq(nonce_use(nonces, (struct slice){fresh[i], NONCE_LENGTH}, 1, later), NONCE_REPLAYED);
}

/* Whatever the order, whoever listens, however small the memory: nothing is good twice. */
Test(nonce, nothing_is_good_twice) {
    enum { NONCES = 40, COUNTS = 8, STEPS = 20000 };
    static char texts[NONCES][NONCE_LENGTH];
    static bool used[NONCES][COUNTS + 1];
    unsigned random = 1, good = 0;
    for (unsigned i = 0; i < NONCES; i++)
        make(texts[i], i, START + i / 3);
    for (unsigned i = 0; i < STEPS; i++) {
        random = random * 1103515245 + 12345;
        unsigned nonce = (i / (STEPS / NONCES) + (random >> 8) % 3) % NONCES, count = (random >> 16) % (COUNTS + 1);
        if (nonce_use(nonces, (struct slice){texts[nonce], NONCE_LENGTH}, count, START + NONCES) != NONCE_GOOD)
            continue;
        cr_assert(!used[nonce][count], "count %u of nonce %u", count, nonce);
        used[nonce][count] = true;
        good++;
    }
    cr_expect_gt(good, 50);
}
