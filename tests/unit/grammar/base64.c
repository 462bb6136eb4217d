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
        base64_text((const uint8_t *)rows[i].bytes, count, BASE64_PADDED, padded);
        base64_text((const uint8_t *)rows[i].bytes, count, BASE64_URL, url);
        cr_expect_str_eq(padded, rows[i].padded);
        cr_expect_str_eq(url, rows[i].url);
        cr_expect_eq(BASE64_LENGTH(count), strlen(padded));
        cr_expect_eq(BASE64URL_LENGTH(count), strlen(url));
    }
}

Test(base64, digits_become_bytes) {
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const texts[] = {[BASE64_PADDED] = rows[i].padded, [BASE64_URL] = rows[i].url};
        for (enum base64_kind kind = BASE64_PADDED; kind <= BASE64_URL; kind++) {
            uint8_t bytes[16];
            size_t count;
            cr_assert(base64_bytes(slice_of(texts[kind]), kind, bytes, sizeof bytes, &count), "%s", texts[kind]);
            cr_expect_eq(count, strlen(rows[i].bytes));
            cr_expect_eq(memcmp(bytes, rows[i].bytes, count), 0, "%s", texts[kind]);
        }
    }
}

/* Another alphabet, a digit alone, bits that are no byte's, padding too much, too little, in the middle. */
Test(base64, what_nobody_writes_has_no_bytes) {
    static const struct {
        enum base64_kind kind;
        const char *text;
    } wrong[] = {
        {BASE64_URL, "Z"},       {BASE64_URL, "Zm9vY"},   {BASE64_URL, "Zg=="},        {BASE64_URL, "Zm9+"},
        {BASE64_URL, "Z m8"},    {BASE64_URL, "Zm9v\n"},  {BASE64_URL, "Zm9\xc3"},     {BASE64_URL, "Zh"},
        {BASE64_URL, "Zm9"},     {BASE64_PADDED, "Zg"},   {BASE64_PADDED, "Zg="},      {BASE64_PADDED, "Zh=="},
        {BASE64_PADDED, "Z==="}, {BASE64_PADDED, "Zm8-"}, {BASE64_PADDED, "Zg==Zg=="}, {BASE64_PADDED, "Zg=A"},
        {BASE64_PADDED, "===="},
    };
    uint8_t bytes[16];
    size_t count;
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(base64_bytes(slice_of(wrong[i].text), wrong[i].kind, bytes, sizeof bytes, &count), "%s",
                      wrong[i].text);
    cr_expect_not(base64_bytes(SLICE("Zm9v"), BASE64_URL, bytes, 2, &count), "more than there is room for");
    cr_expect(base64_bytes(SLICE("Zm9v"), BASE64_URL, bytes, 3, &count));
}
