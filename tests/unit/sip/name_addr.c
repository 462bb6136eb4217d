/* SPDX-License-Identifier: MIT */
#include "runtime/sip/uri.h"

#include <criterion/criterion.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static bool is(struct slice s, const char *text) {
    return slice_equal(s, slice_of(text));
}

Test(name_addr, display_name_uri_and_parameters_are_found) {
    static const struct {
        const char *text, *display, *uri, *params;
        bool brackets;
    } rows[] = {
        {"\"A. G. Bell\" <sip:agb@bell-telephone.com> ;tag=a48s", "\"A. G. Bell\"", "sip:agb@bell-telephone.com",
         ";tag=a48s", true},
        {"sip:+12125551212@server.phone2net.com;tag=887s", "", "sip:+12125551212@server.phone2net.com", ";tag=887s",
         false},
        {"Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8", "Anonymous", "sip:c8oqz84zk7z@privacy.org", ";tag=hyh8",
         true},
        {"caller<sip:caller@example.com>;tag=323", "caller", "sip:caller@example.com", ";tag=323", true},
        {"<sip:a@b;lr?x=y,z>", "", "sip:a@b;lr?x=y,z", "", true},
        {"\"J \\\\\\\"\"   <sip:j@x>\r\n ;\r\n  tag = 9", "\"J \\\\\\\"\"", "sip:j@x", ";\r\n  tag = 9", true},
        {"\r\n sip:v@chair ;   tag    = 19n", "", "sip:v@chair", ";   tag    = 19n", false},
        {"\"a <sip:x@y>, b\" <sip:a@b>", "\"a <sip:x@y>, b\"", "sip:a@b", "", true},
        {"token1~` t'+_ t*%!.- <sip:m@x>;from''~=\"\xd1\x80\";tag=_~1'", "token1~` t'+_ t*%!.-", "sip:m@x",
         ";from''~=\"\xd1\x80\";tag=_~1'", true},
        {"J\xc3\xb6rg <sip:j@x>", "J\xc3\xb6rg", "sip:j@x", "", true},
        {"<http://www.example.com>;tag=3", "", "http://www.example.com", ";tag=3", true},
        {"isbn:2983792873", "", "isbn:2983792873", "", false},
        {"<sip:a@b>;received=2001:db8::1;x=[::1]", "", "sip:a@b", ";received=2001:db8::1;x=[::1]", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sip_name_addr address;
        cr_assert_eq(name_addr_parse(&address, slice_of(rows[i].text)), 0, "%s", rows[i].text);
        cr_expect(is(address.display, rows[i].display), "%s: %.*s", rows[i].text, SLICE_ARG(address.display));
        cr_expect(is(address.uri, rows[i].uri), "%s: %.*s", rows[i].text, SLICE_ARG(address.uri));
        cr_expect(is(address.params, rows[i].params), "%s: %.*s", rows[i].text, SLICE_ARG(address.params));
        cr_expect_eq(address.brackets, rows[i].brackets, "%s", rows[i].text);
    }
}

Test(name_addr, what_is_no_address_is_pointed_at) {
    static const struct {
        const char *text;
        size_t place;
    } rows[] = {
        {"", 1},
        {"<>", 2},
        {"<sip:>", 2},
        {"bob", 1},
        {"\"Mr. J. User <sip:j.user@example.com>", 1},
        {"Bell, Alexander <sip:a@b>", 1},
        {"\"W\" < sip:t@x >", 6},
        {"<sip:t@x >", 9},
        {"<sip:a@b", 9},
        {"<sip:a@b>x", 10},
        {"<sip:a@b>;", 11},
        {"<sip:a@b>;;x", 11},
        {"<sip:a@b>;x=", 13},
        {"<sip:a@b>;x=\"y", 13},
        {"<sip:a@b>;x=\"y\"z", 16},
        {"<sip:a@b>;x@y=z", 11},
        {"<sip:a@b>;x=y,z", 11},
        {"sip:a,b@c", 6},
        {"sip:a@b?c=d", 8},
        {"sip:a@b <c>", 9},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sip_name_addr address;
        size_t place = name_addr_parse(&address, slice_of(rows[i].text));
        cr_expect_eq(place, rows[i].place, "%s: %zu", rows[i].text, place);
    }
}

Test(name_addr, parameters_are_found_by_name) {
    static const struct {
        const char *params, *name, *value; /* NULL: absent */
    } rows[] = {
        {";a=b;c", "a", "b"},
        {";a=b;c", "c", ""},
        {";a=b;c", "d", NULL},
        {";a=b;c", "b", NULL},
        {";Tag = x ; y", "tag", "x"},
        {";\r\n tag=x", "TAG", "x"},
        {";x=\"a;tag=no\";tag=yes", "tag", "yes"},
        {";x=\"a\\\";tag=no\";tag=yes", "tag", "yes"},
        {";x=\"q\"", "x", "\"q\""},
        {";%6C%72;n%61me=v%61lue", "lr", ""},
        {";%6C%72;n%61me=v%61lue", "name", "v%61lue"},
        {";a=1;a=2", "a", "1"},
        {"", "a", NULL},
        {"a=b", "a", NULL},
        {";;a", "a", ""},
        {";=x;a", "a", ""},
        {"; a b ;c", "c", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slice value;
        bool there = uri_param(slice_of(rows[i].params), slice_of(rows[i].name), &value);
        cr_expect_eq(there, rows[i].value != NULL, "%s %s", rows[i].params, rows[i].name);
        cr_expect(there ? is(value, rows[i].value) : !value.at, "%s %s: %.*s", rows[i].params, rows[i].name,
                  SLICE_ARG(value));
    }
}

Test(name_addr, lists_are_split_at_commas_outside_quotes_and_brackets) {
    static const struct {
        const char *text;
        const char *values[4];
    } rows[] = {
        {"a, b ,c", {"a", "b", "c"}},
        {"<sip:a,b@c>,d", {"<sip:a,b@c>", "d"}},
        {"\"x, y\" <sip:a@b>;q=1, \"z\\\", w\" <sip:c@d>", {"\"x, y\" <sip:a@b>;q=1", "\"z\\\", w\" <sip:c@d>"}},
        {"<sip:a\"b@c>, d", {"<sip:a\"b@c>", "d"}},
        {"\"open, x", {"\"open, x"}},
        {",, a,,b,", {"a", "b"}},
        {" \r\n ", {NULL}},
        {"", {NULL}},
        {"<sip:(@h>, <sip:)@h>", {"<sip:(@h>", "<sip:)@h>"}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slice rest = slice_of(rows[i].text), value;
        for (size_t n = 0; n < 4 && rows[i].values[n]; n++) {
            cr_assert(list_next(&rest, &value), "%s", rows[i].text);
            cr_expect(is(value, rows[i].values[n]), "%s: %.*s", rows[i].text, SLICE_ARG(value));
        }
        cr_expect_not(list_next(&rest, &value), "%s: %.*s", rows[i].text, SLICE_ARG(value));
    }
}
