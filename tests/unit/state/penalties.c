/* SPDX-License-Identifier: MIT */
#include "runtime/state/penalties.h"

#include <criterion/criterion.h>

static const struct hash_key key = {{1, 2, 3}};

static struct endpoint place(unsigned number) {
    return (struct endpoint){.ip = {.family = 4, .bytes = {10, 0, (uint8_t)(number >> 8), (uint8_t)number}},
                             .port = 5060};
}

Test(penalties, last_their_time_unless_the_place_is_heard_of) {
    struct penalties *penalties = penalties_new(&key);
    const struct endpoint first = place(1), second = place(2);
    struct endpoint port = first;
    port.port = 5062;
    penalties_add(penalties, &first, 1000, 500);
    cr_expect(penalties_has(penalties, &first, 1499));
    cr_expect_not(penalties_has(penalties, &first, 1500));
    cr_expect_not(penalties_has(penalties, &second, 600));
    cr_expect_not(penalties_has(penalties, &port, 600), "another port is another place");
    penalties_add(penalties, &first, 100, 500);
    cr_expect(penalties_has(penalties, &first, 1499), "a shorter one takes nothing away");
    penalties_remove(penalties, &first);
    penalties_remove(penalties, &first);
    cr_expect_not(penalties_has(penalties, &first, 600));
    penalties_free(penalties);
}

Test(penalties, are_bounded_and_the_oldest_goes_first) {
    struct penalties *penalties = penalties_new(&key);
    for (unsigned i = 0; i <= PENALTIES_MAX; i++) {
        const struct endpoint one = place(i);
        penalties_add(penalties, &one, 1000, 0);
    }
    for (unsigned i = 0; i <= PENALTIES_MAX; i++) {
        const struct endpoint one = place(i);
        cr_expect_eq(penalties_has(penalties, &one, 1), i != 0);
    }
    penalties_free(penalties);
}
