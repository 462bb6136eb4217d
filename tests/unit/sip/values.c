/* SPDX-License-Identifier: MIT */
#include "runtime/sip/values.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static struct sip_message message;
static struct contact contacts[CONTACTS_MAX];
static char buffer[32 * 1024];

static bool is(struct slice s, const char *text) {
    return slice_equal(s, slice_of(text));
}

static void redirect(const char *lines) {
    snprintf(buffer, sizeof buffer,
             "SIP/2.0 302 Moved\r\nVia: SIP/2.0/UDP h\r\nFrom: sip:a@h;tag=1\r\nTo: sip:b@h;tag=2\r\nCall-ID: c\r\n"
             "CSeq: 1 INVITE\r\n%s\r\n",
             lines);
    cr_assert_eq(scan_message(&message, buffer, strlen(buffer)).verdict, SCAN_OK, "%s", lines);
}

Test(values, folding_becomes_one_blank) {
    static const struct {
        const char *raw, *value;
    } rows[] = {
        {"plain  text", "plain  text"}, {" \r\n plain \t", "plain"},     {"a\r\n b", "a b"},
        {"a \t\r\n \t b", "a b"},       {"a\n\tb\r\n c  d", "a b c  d"}, {"", ""},
    };
    struct arena arena;
    arena_init(&arena, NULL, 0, 0);
    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect(is(values_unfold(&arena, slice_of(rows[i].raw)), rows[i].value), "%s", rows[i].raw);
    struct slice raw = SLICE("a b");
    cr_expect_eq(values_unfold(&arena, raw).at, raw.at);
    arena_free(&arena);
    arena_init(&arena, NULL, 0, 2);
    cr_expect_null(values_unfold(&arena, SLICE("a\r\n b")).at);
    arena_free(&arena);
}

Test(values, a_contact_may_say_which_flow_of_which_client_it_is) {
    static const struct {
        const char *params, *instance;
        unsigned reg_id;
    } rows[] = {
        {";+sip.instance=\"<urn:uuid:1>\";reg-id=1", "urn:uuid:1", 1},
        {";reg-id=2147483647;+SIP.Instance=\"<urn:x>\"", "urn:x", 2147483647},
        {";reg-id=2147483648;+sip.instance=\"<urn:x>\"", "urn:x", 0},
        {";reg-id=1x", NULL, 0},
        {";reg-id", NULL, 0},
        {";+sip.instance=\"urn:uuid:1\"", NULL, 0},
        {";+sip.instance=<urn:uuid:1>", NULL, 0},
        {";+sip.instance=\"<>\"", NULL, 0},
        {";+sip.instance=\"<a b>\"", NULL, 0},
        {";+sip.instance=\"<a\\\">\"", NULL, 0},
        {"", NULL, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena arena;
        char line[200];
        bool all;
        arena_init(&arena, NULL, 0, 0);
        snprintf(line, sizeof line, "Contact: <sip:a@h>%s\r\n", rows[i].params);
        redirect(line);
        if (values_registered(&arena, &message, contacts, &all) == 1) {
            cr_expect(rows[i].instance ? is(contacts[0].instance, rows[i].instance) : !contacts[0].instance.at, "%zu",
                      i);
            cr_expect_eq(contacts[0].reg_id, rows[i].reg_id, "%zu", i);
        } else {
            cr_expect_null(rows[i].instance, "%zu", i);
        }
        arena_free(&arena);
    }
}

Test(values, contacts_come_by_q_and_then_as_they_stood) {
    struct arena arena;
    arena_init(&arena, NULL, 0, 0);
    redirect("Contact: <sip:low@h>;q=0.1, \"x, y\" <sip:first@h;transport=tcp>;q=1.0;expires=60\r\n"
             "m: sip:bare@h;q=0.5;expires=4294967295\r\n"
             "Contact: <sip:second%2B@h>\r\n"
             "Contact: <sips:mid@[2001:db8::1]:5071>\r\n ; q = 0.555\r\n"
             "Contact: *, <mailto:a@b>;q=0.05, <sip:bad host@x>, <sip:a@b@c>, <sip:zero@h>;q=0\r\n");
    static const struct {
        const char *uri;
        unsigned q;
        int64_t expires;
    } rows[] = {
        {"sip:first@h;transport=tcp", 1000, 60},
        {"sip:second%2B@h", 1000, -1},
        {"sips:mid@[2001:db8::1]:5071", 555, -1},
        {"sip:bare@h", 500, 4294967295},
        {"sip:low@h", 100, -1},
        {"mailto:a@b", 50, -1},
        {"sip:zero@h", 0, -1},
    };
    cr_assert_eq(values_contacts(&arena, &message, contacts), (int)COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_expect(is(contacts[i].uri.text, rows[i].uri), "%zu: %.*s", i, SLICE_ARG(contacts[i].uri.text));
        cr_expect_eq(contacts[i].q, rows[i].q, "%zu: %u", i, contacts[i].q);
        cr_expect_eq(contacts[i].expires, rows[i].expires, "%zu", i);
    }
    arena_free(&arena);
}

Test(values, a_bad_q_counts_as_none) {
    static const char *const rows[] = {"2", "1.5x", "0.1234", ".5", "-1", "0.x", "x", "05"};
    struct arena arena;
    arena_init(&arena, NULL, 0, 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char line[64];
        snprintf(line, sizeof line, "Contact: <sip:a@h>;q=%s\r\n", rows[i]);
        redirect(line);
        cr_assert_eq(values_contacts(&arena, &message, contacts), 1, "%s", rows[i]);
        cr_expect_eq(contacts[0].q, 1000, "%s: %u", rows[i], contacts[0].q);
    }
    arena_free(&arena);
}

Test(values, only_the_first_contacts_are_looked_at) {
    struct arena arena;
    static char lines[16 * 1024];
    size_t length = (size_t)snprintf(lines, sizeof lines, "Contact: *");
    for (unsigned i = 0; i < 1000; i++)
        length += (size_t)snprintf(lines + length, sizeof lines - length, ",<sip:%u@h>", i);
    snprintf(lines + length, sizeof lines - length, "\r\n");
    arena_init(&arena, NULL, 0, 0);
    redirect(lines);
    cr_expect_eq(values_contacts(&arena, &message, contacts), CONTACTS_MAX - 1);
    cr_expect(is(contacts[CONTACTS_MAX - 2].uri.user, "62"));
    arena_free(&arena);
}

Test(values, memory_runs_out_at_any_place_without_harm) {
    redirect("Contact: \"a\" <sip:u:p@h:1;x=y;z?k=v>;q=0.1;expires=5;a=\"b\"\r\n ;c, <sip:b@h>\r\n");
    bool done = false;
    for (size_t limit = 1; limit < 20000 && !done; limit += 7) {
        struct arena arena;
        arena_init(&arena, NULL, 0, limit);
        int count = values_contacts(&arena, &message, contacts);
        cr_expect(count == 2 || count == -ENOMEM, "%zu: %d", limit, count);
        done = count == 2;
        arena_free(&arena);
    }
    cr_expect(done);
}

/* Reads the Contacts of a REGISTER with these lines. */
static int registered(struct arena *arena, const char *lines, bool *all) {
    snprintf(buffer, sizeof buffer,
             "REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nFrom: sip:a@h;tag=1\r\nTo: sip:b@h\r\nCall-ID: c\r\n"
             "CSeq: 1 REGISTER\r\n%s\r\n",
             lines);
    cr_assert_eq(scan_message(&message, buffer, strlen(buffer)).verdict, SCAN_OK, "%s", lines);
    return values_registered(arena, &message, contacts, all);
}

Test(values, contacts_of_a_register_come_as_they_stood) {
    struct arena arena;
    bool all;
    arena_init(&arena, NULL, 0, 0);
    cr_assert_eq(registered(&arena,
                            "Contact: <sip:a@h>;q=0.1;expires=60 , sip:b@h;expires=\"60\"\r\n"
                            "m: \"x, y\" <sips:c@h>;+sip.instance=\"<urn:uuid:1;2,3>\";reg-id=1;audio;expires\r\n",
                            &all),
                 3);
    cr_expect(!all);
    cr_expect(is(contacts[0].uri.text, "sip:a@h") && contacts[0].q == 100 && contacts[0].expires == 60);
    cr_expect(is(contacts[1].uri.text, "sip:b@h") && contacts[1].expires == EXPIRES_MALFORMED);
    cr_expect(is(contacts[2].uri.text, "sips:c@h") && contacts[2].expires == EXPIRES_MALFORMED);
    cr_expect_eq(registered(&arena, "Contact: <sip:a@h>\r\n", &all), 1);
    cr_expect_eq(contacts[0].expires, EXPIRES_NONE);
    cr_expect_eq(registered(&arena, "", &all), 0);
    cr_expect(!all);
    cr_expect_eq(registered(&arena, "Contact: \t*\r\n", &all), 0);
    cr_expect(all);
    arena_free(&arena);
}

Test(values, of_a_register_none_may_be_malformed_and_a_star_stands_alone) {
    static const char *const rows[] = {
        "Contact: <sip:a@h>, <sip:b b@h>\r\n",
        "Contact: \r\n",
        "Contact: ,\r\n",
        "Contact: a@h\r\n",
        "Contact: *, <sip:a@h>\r\n",
        "Contact: <sip:a@h>\r\nContact: *\r\n",
        "Contact: *, *\r\n",
        "Contact: *;expires=0\r\n",
        "Contact: sip:a@h?Route=x\r\n",
        "Contact: <sip:a@h>;;x\r\n",
        "Contact: <sip:a@h>x\r\n",
    };
    static char lines[4096];
    struct arena arena;
    bool all;
    arena_init(&arena, NULL, 0, 0);
    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect_eq(registered(&arena, rows[i], &all), -EINVAL, "%s", rows[i]);
    size_t length = (size_t)snprintf(lines, sizeof lines, "Contact: <sip:0@h>");
    for (unsigned i = 0; i < CONTACTS_MAX; i++)
        length += (size_t)snprintf(lines + length, sizeof lines - length, ",<sip:%u@h>", i);
    snprintf(lines + length, sizeof lines - length, "\r\n");
    cr_expect_eq(registered(&arena, lines, &all), -E2BIG);
    arena_free(&arena);
    arena_init(&arena, NULL, 0, 10);
    cr_expect_eq(registered(&arena, "Contact: <sip:a@h>\r\n", &all), -ENOMEM);
    arena_free(&arena);
}

Test(values, expires_is_a_number_of_seconds_or_malformed) {
    static const struct {
        const char *line;
        int64_t seconds;
    } rows[] = {
        {"", EXPIRES_NONE},
        {"Expires: 0\r\n", 0},
        {"Expires:\r\n 4294967295 \r\n", 4294967295},
        {"Expires: 4294967296\r\n", EXPIRES_MALFORMED},
        {"Expires: Thu, 01 Dec 1994 16:00:00 GMT\r\n", EXPIRES_MALFORMED},
        {"Expires: -1\r\n", EXPIRES_MALFORMED},
        {"Expires:\r\n", EXPIRES_MALFORMED},
    };
    struct arena arena;
    bool all;
    arena_init(&arena, NULL, 0, 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        registered(&arena, rows[i].line, &all);
        cr_expect_eq(values_expires(&message), rows[i].seconds, "%s", rows[i].line);
    }
    arena_free(&arena);
}

static int read_credentials(struct arena *arena, const char *value, struct credentials *credentials) {
    *credentials = (struct credentials){0};
    return values_credentials(arena, slice_of(value), credentials);
}

Test(values, credentials_come_without_quotes_and_escapes) {
    struct arena arena;
    struct credentials c;
    arena_init(&arena, NULL, 0, 0);
    cr_assert_eq(
        read_credentials(&arena,
                         "Digest username=\"b\\\"o\\\\b, jr\",\r\n realm=\"fov.example\", nonce=\"n\",uri=\"sip:a@b\","
                         "response=\"0a\" , algorithm=SHA-256, cnonce=\"\", unknown=\"x, realm=\\\"y\\\"\", qop=auth, "
                         "nc=00000001",
                         &c),
        0);
    cr_expect(is(c.username, "b\"o\\b, jr"), "%.*s", SLICE_ARG(c.username));
    cr_expect(is(c.realm, "fov.example") && is(c.nonce, "n") && is(c.uri, "sip:a@b") && is(c.response, "0a"));
    cr_expect(is(c.algorithm, "SHA-256") && is(c.qop, "auth") && is(c.nc, "00000001"));
    cr_expect_null(c.cnonce.at);
    cr_assert_eq(read_credentials(&arena, "dIGEST  Realm = \"r\" , ALGORITHM = \"MD5\", qop=\"auth\"", &c), 0);
    cr_expect(is(c.realm, "r") && is(c.algorithm, "MD5") && is(c.qop, "auth"), "%.*s", SLICE_ARG(c.algorithm));
    cr_expect_null(c.username.at);
    cr_expect_null(c.nc.at);
    arena_free(&arena);
}

Test(values, what_is_no_digest_credentials_is_refused) {
    static const char *const values[] = {
        "",
        "Digest",
        "Digest ",
        "Basic YTpi",
        "Digest username=bob, realm=\"r\"",
        "Digest username=\"bob",
        "Digest username=\"a\", username=\"b\"",
        "Digest =\"x\"",
        "Digest realm",
        "Digest realm=\"r\" nonce=\"n\"",
        "Digest nc=, realm=\"r\"",
        "Digest uri=<sip:a@b>",
        "Digest realm=\"r\",,nonce=\"n\"",
        "Digestrealm=\"r\"",
    };
    struct arena arena;
    struct credentials c;
    arena_init(&arena, NULL, 0, 0);
    for (size_t i = 0; i < COUNT(values); i++)
        cr_expect_eq(read_credentials(&arena, values[i], &c), -EINVAL, "%s", values[i]);
    cr_expect_eq(values_credentials(&arena, (struct slice){"Digest realm=\"\0\"", 16}, &c), -EINVAL);
    arena_free(&arena);
}

Test(values, credentials_need_memory) {
    struct credentials c;
    struct arena arena;
    arena_init(&arena, NULL, 0, 40);
    cr_expect_eq(read_credentials(&arena, "Digest realm=\"r\", username=\"bob\"", &c), -ENOMEM);
    arena_free(&arena);
}
