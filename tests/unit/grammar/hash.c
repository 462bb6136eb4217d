/* SPDX-License-Identifier: MIT */
#include "grammar/hash.h"

#include <criterion/criterion.h>

/* The vectors of the SipHash paper's reference: key 00..0f, messages 00, 00 01, ... */
Test(hash, is_siphash_2_4) {
    static const uint64_t expected[] = {0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d};
    struct hash_key key;
    uint8_t message[16];
    for (uint8_t i = 0; i < 16; i++)
        key.bytes[i] = message[i] = i;
    for (unsigned length = 0; length < 4; length++)
        cr_assert_eq(hash_keyed(&key, message, length), expected[length], "length %u", length);
    cr_assert_eq(hash_keyed(&key, message, 15), 0xa129ca6149be45e5);
}

Test(hash, the_open_one_has_a_key_of_zeros) {
    struct hash_key zeros = {{0}};
    cr_assert_eq(hash_open("abc", 3), hash_keyed(&zeros, "abc", 3));
    cr_assert_neq(hash_open("abc", 3), hash_open("abd", 3));
}
