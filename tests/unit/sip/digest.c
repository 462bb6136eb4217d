/* SPDX-License-Identifier: MIT */
#include "runtime/sip/digest.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct {
    enum digest_algorithm algorithm;
    const char *user, *realm, *password, *method, *uri, *nonce, *nc, *cnonce, *qop, *response;
} vectors[] = {
    /* RFC 7616 3.9.1 */
    {DIGEST_MD5, "Mufasa", "http-auth@example.org", "Circle of Life", "GET", "/dir/index.html",
     "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "auth",
     "8ca523f5e9506fed4657c9700eebdbec"},
    {DIGEST_SHA256, "Mufasa", "http-auth@example.org", "Circle of Life", "GET", "/dir/index.html",
     "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "auth",
     "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
    /* RFC 2617 3.5 */
    {DIGEST_MD5, "Mufasa", "testrealm@host.com", "Circle Of Life", "GET", "/dir/index.html",
     "dcd98b7102dd2f0e8b11d0f600bfb0c093", "00000001", "0a4f113b", "auth", "6629fae49393a05397450978507c4ef1"},
    /* RFC 2069 2.4, with the correction of its erratum 749 */
    {DIGEST_MD5, "Mufasa", "testrealm@host.com", "CircleOfLife", "GET", "/dir/index.html",
     "dcd98b7102dd2f0e8b11d0f600bfb0c093", NULL, NULL, NULL, "1949323746fe6a43ef61f9606e7febea"},
};

Test(digest, responses_are_those_of_the_rfcs) {
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct digest_text ha1, response;
        const struct digest_input input = {
            .method = slice_of(vectors[i].method),
            .uri = slice_of(vectors[i].uri),
            .nonce = slice_of(vectors[i].nonce),
            .nc = slice_of(vectors[i].nc),
            .cnonce = slice_of(vectors[i].cnonce),
            .qop = slice_of(vectors[i].qop),
        };
        unsigned length = digests[vectors[i].algorithm].length;
        cr_assert_eq(strlen(vectors[i].response), length);
        digest_ha1(vectors[i].algorithm, slice_of(vectors[i].user), slice_of(vectors[i].realm),
                   slice_of(vectors[i].password), &ha1);
        digest_response(vectors[i].algorithm, &ha1, &input, &response);
        cr_expect(memcmp(response.digits, vectors[i].response, length) == 0, "vector %zu: %.*s", i, (int)length,
                  response.digits);
    }
}

/* RFC 2617 3.5's user: printf 'Mufasa:testrealm@host.com:Circle Of Life' | md5sum */
Test(digest, what_is_kept_is_the_hash_of_user_realm_and_password) {
    struct digest_text ha1;
    digest_ha1(DIGEST_MD5, SLICE("Mufasa"), SLICE("testrealm@host.com"), SLICE("Circle Of Life"), &ha1);
    cr_expect(memcmp(ha1.digits, "939e7578ed9e3c518a452acee763bce9", 32) == 0, "%.32s", ha1.digits);
}
