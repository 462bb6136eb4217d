/* SPDX-License-Identifier: MIT */
#include "grammar/base64.h"

#include <criterion/criterion.h>
#include <string.h>

/* RFC 4648 10, and what tells the two alphabets apart. */
static const struct {
    const char *bytes, *padded, *url;
} rows[] = {
    {"", "", ""},
    {"f", "Zg==", "Zg"},
    {"fo", "Zm8=", "Zm8"},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg==", "Zm9vYg"},
    {"fooba", "Zm9vYmE=", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    {"\xfb\xff\xbf", "+/+/", "-_-_"},
};

Test(base64, bytes_become_digits) {
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        char padded[16] = "", url[16] = "";
        size_t count = strlen(rows[i].bytes);
        base64_text((const uint8_t *)rows[i].bytes, count, padded);
        base64url_text((const uint8_t *)rows[i].bytes, count, url);
        cr_expect_str_eq(padded, rows[i].padded);
        cr_expect_str_eq(url, rows[i].url);
        cr_expect_eq(BASE64_LENGTH(count), strlen(padded));
        cr_expect_eq(BASE64URL_LENGTH(count), strlen(url));
    }
}

Test(base64, digits_become_bytes) {
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t bytes[16];
        size_t count;
        cr_assert(base64url_bytes(slice_of(rows[i].url), bytes, sizeof bytes, &count), "%s", rows[i].url);
        cr_expect_eq(count, strlen(rows[i].bytes));
        cr_expect_eq(memcmp(bytes, rows[i].bytes, count), 0, "%s", rows[i].url);
    }
}

Test(base64, what_is_no_base64url_has_no_bytes) {
    static const char *const wrong[] = {"Z", "Zm9vY", "Zg==", "Zm9+", "Zm9/", "Z m8", "Zm9v\n", "Zm9\xc3"};
    uint8_t bytes[16];
    size_t count;
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(base64url_bytes(slice_of(wrong[i]), bytes, sizeof bytes, &count), "%s", wrong[i]);
    cr_expect_not(base64url_bytes(SLICE("Zm9v"), bytes, 2, &count), "more than there is room for");
    cr_expect(base64url_bytes(SLICE("Zm9v"), bytes, 3, &count));
}
