/* SPDX-License-Identifier: MIT */
#include "grammar/hash.h"

#include <criterion/criterion.h>
#include <string.h>

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

static bool is_hex(const uint8_t bytes[HASH_SHA256_SIZE], const char *digits) {
    char text[2 * HASH_SHA256_SIZE];
    hash_digits(bytes, sizeof text, text);
    return slice_equal((struct slice){text, sizeof text}, slice_of(digits));
}

/* FIPS 180-2, B.1 and B.2 */
Test(hash, sha256_is_that_of_all_parts_together) {
    const struct slice abc[] = {SLICE("a"), SLICE(""), SLICE_NULL, SLICE("bc")};
    const struct slice longer[] = {SLICE("abcdbcdecdefdefgefghfghighij"), SLICE("hijkijkljklmklmnlmnomnopnopq")};
    uint8_t out[HASH_SHA256_SIZE];
    hash_sha256(abc, 4, out);
    cr_expect(is_hex(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    hash_sha256(longer, 2, out);
    cr_expect(is_hex(out, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
}

/* RFC 4231 4.3 and 4.7: a short key, and one that is longer than a block */
Test(hash, the_mac_is_hmac_sha256) {
    const struct slice what[] = {SLICE("what do ya want "), SLICE("for nothing?")};
    const struct slice larger[] = {SLICE("Test Using Larger Than Block-Size Key - Hash Key First")};
    char key[131];
    uint8_t out[HASH_MAC_SIZE];
    hash_mac(SLICE("Jefe"), what, 2, out);
    cr_expect(is_hex(out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    memset(key, 0xaa, sizeof key);
    hash_mac((struct slice){key, sizeof key}, larger, 1, out);
    cr_expect(is_hex(out, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
}

Test(hash, digits_may_be_cut_anywhere) {
    const uint8_t bytes[] = {0x0f, 0xa5, 0xff};
    char text[] = "......";
    hash_digits(bytes, 3, text);
    cr_expect_str_eq(text, "0fa...");
    hash_digits(bytes, 6, text);
    cr_expect_str_eq(text, "0fa5ff");
}

Test(hash, what_differs_in_one_bit_is_not_the_same) {
    cr_expect(hash_same("abcd", "abcd", 4));
    cr_expect(!hash_same("abcd", "abce", 4));
    cr_expect(!hash_same("abcd", "!bcd", 4));
    cr_expect(hash_same("abcd", "abce", 3));
}
