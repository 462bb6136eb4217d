/* SPDX-License-Identifier: MIT */
/* Sessions over pairs of sockets, ours with ours. */
#include "runtime/net/tls.h"

#include "tests/unit/net/support/secure.h"

#include <sys/stat.h>

TestSuite(tls, .init = begin, .fini = finish);

static void says(struct tls_session *from, struct tls_session *to, const char *text) {
    char bytes[64];
    size_t length = strlen(text);
    cr_assert_eq(tls_write(from, text, length), (ssize_t)length);
    cr_assert_eq(tls_read(to, bytes, sizeof bytes), (ssize_t)length);
    cr_assert_eq(memcmp(bytes, text, length), 0);
    cr_assert_eq(tls_read(to, bytes, sizeof bytes), -1);
    cr_assert_eq(errno, EAGAIN);
}

Test(tls, what_one_end_writes_the_other_reads_until_it_says_good_bye) {
    struct tls *tls = make(certificate("own", "DNS:sip.example"), authority, true, TLS_CLIENTS_OFF);
    struct pair pair = shake(tls, tls, "sip.example");
    char bytes[8];
    cr_assert(pair.client_says == TLS_DONE && pair.server_says == TLS_DONE, "%s", tls_reason(pair.client));
    says(pair.client, pair.server, "INVITE");
    says(pair.server, pair.client, "SIP/2.0");
    tls_close(pair.client);
    cr_assert_eq(tls_read(pair.server, bytes, sizeof bytes), 0);
    cr_assert_str_empty(tls_reason(pair.server));
    end(&pair);
    tls_free(tls);
}

/* RFC 5922 7.1, 7.2; the rules: identity.c. */
Test(tls, a_certificate_proves_what_its_alternative_names_say_and_nothing_else) {
    static const struct {
        const char *identities, *name;
        bool proves;
    } rows[] = {
        {"DNS:other.example,DNS:sip.example", "sip.example", true},
        {"DNS:*.example", "sip.example", false},
        {"URI:sip:sip.example,DNS:other.example", "other.example", false},
        {"URI:sip:alice@sip.example,DNS:sip.example", "sip.example", true},
        {"IP:192.0.2.1", "192.0.2.1", true},
        {"IP:2001:db8::1", "[2001:db8:0::1]", true},
        {"email:sip.example", "sip.example", false},
        {"", "own", false}, /* its common name */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tls *tls = make(certificate("own", rows[i].identities), authority, true, TLS_CLIENTS_OFF);
        struct pair pair = shake(tls, tls, rows[i].name);
        cr_expect_eq(pair.client_says, rows[i].proves ? TLS_DONE : TLS_FAILED, "%s for %s", rows[i].identities,
                     rows[i].name);
        if (!rows[i].proves)
            cr_expect_eq(tls_cause(pair.client), CAUSE_TLS_IDENTITY);
        end(&pair);
        tls_free(tls);
    }
}

Test(tls, who_it_is_instead_stands_in_the_reason) {
    struct tls *tls = make(certificate("own", "DNS:a.example,DNS:b.example"), authority, true, TLS_CLIENTS_OFF);
    struct pair pair = shake(tls, tls, "sip.example");
    cr_assert_str_eq(tls_reason(pair.client), "the certificate is not for sip.example, but for a.example, b.example");
    end(&pair);
    tls_free(tls);
}

Test(tls, a_connection_proves_every_name_of_its_certificate_and_no_other) {
    struct tls *tls = make(certificate("own", "DNS:a.example,DNS:b.example"), authority, true, TLS_CLIENTS_OFF);
    struct pair pair = shake(tls, tls, "a.example");
    cr_assert(tls_proves(pair.client, SLICE("a.example")) && tls_proves(pair.client, SLICE("b.example")));
    cr_assert_not(tls_proves(pair.client, SLICE("c.example")));
    cr_assert_not(tls_proves(pair.server, SLICE("a.example"))); /* the client has shown nothing */
    end(&pair);
    tls_free(tls);
}

Test(tls, nobody_is_trusted_for_a_certificate_of_his_own_making) {
    struct tls *own = make(certificate("own", "DNS:sip.example"), authority, true, TLS_CLIENTS_OFF);
    struct tls *strict = make(NULL, NULL, true, TLS_CLIENTS_OFF), *lax = make(NULL, NULL, false, TLS_CLIENTS_OFF);
    struct pair pair = shake(strict, own, "sip.example");
    cr_assert_eq(pair.client_says, TLS_FAILED);
    cr_assert_eq(tls_cause(pair.client), CAUSE_TLS_HANDSHAKE);
    cr_assert(strstr(tls_reason(pair.client), "issuer certificate"), "%s", tls_reason(pair.client));
    cr_assert_eq(pair.server_says, TLS_FAILED);
    cr_assert(strstr(tls_reason(pair.server), "alert"), "%s", tls_reason(pair.server));
    end(&pair);
    pair = shake(lax, own, "whoever.example");
    cr_assert(pair.client_says == TLS_DONE && tls_proves(pair.client, SLICE("anybody.example")));
    end(&pair);
    tls_free(own);
    tls_free(strict);
    tls_free(lax);
}

Test(tls, authorities_may_be_a_directory) {
    const char *file = certificate("own", "DNS:sip.example");
    char trusted[80], command[512];
    snprintf(trusted, sizeof trusted, "%s/trusted", directory);
    snprintf(command, sizeof command, "mkdir %s && cp %s %s && openssl rehash %s", trusted, authority, trusted,
             trusted);
    shell(command);
    struct tls *tls = make(file, trusted, true, TLS_CLIENTS_OFF);
    struct pair pair = shake(tls, tls, "sip.example");
    cr_assert_eq(pair.client_says, TLS_DONE, "%s", tls_reason(pair.client));
    end(&pair);
    tls_free(tls);
}

Test(tls, clients_are_asked_for_a_certificate_as_it_is_configured) {
    const char *file = certificate("own", "DNS:sip.example");
    static const struct {
        enum tls_clients clients;
        bool nameless, known;
    } rows[] = {
        {TLS_CLIENTS_OFF, true, false}, {TLS_CLIENTS_OPTIONAL, true, true}, {TLS_CLIENTS_REQUIRED, false, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tls *server = make(file, authority, true, rows[i].clients);
        struct tls *nameless = make(NULL, authority, true, TLS_CLIENTS_OFF);
        struct pair pair = shake(nameless, server, "sip.example");
        cr_expect_eq(pair.server_says, rows[i].nameless ? TLS_DONE : TLS_FAILED);
        end(&pair);
        pair = shake(server, server, "sip.example");
        cr_expect_eq(pair.server_says, TLS_DONE);
        cr_expect_eq(tls_proves(pair.server, SLICE("sip.example")), rows[i].known);
        end(&pair);
        tls_free(server);
        tls_free(nameless);
    }
}

Test(tls, garbage_and_closed_doors_fail_with_a_reason) {
    static const char *const rows[] = {"INVITE sip:a SIP/2.0\r\n\r\n", "\x16\x03\x01\xff\xff garbage", ""};
    struct tls *tls = make(certificate("own", "DNS:sip.example"), authority, true, TLS_CLIENTS_OFF);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fds[2];
        make_sockets(fds);
        struct tls_session *session = tls_accept(tls, fds[0]);
        cr_assert_eq(tls_shake(session), TLS_READS);
        cr_assert_eq(write(fds[1], rows[i], strlen(rows[i])), (ssize_t)strlen(rows[i]));
        close(fds[1]);
        cr_assert_eq(tls_shake(session), TLS_FAILED);
        cr_assert_eq(tls_cause(session), CAUSE_TLS_HANDSHAKE);
        cr_assert_str_not_empty(tls_reason(session));
        tls_end(session);
        close(fds[0]);
    }
    tls_free(tls);
}

/* RFC 6066 3, RFC 8446 6.2: what is wrong is the name, and not who is there. */
Test(tls, a_server_that_knows_no_such_name_says_so) {
    struct tls *tls = make(NULL, NULL, true, TLS_CLIENTS_OFF);
    for (int alert = 112; alert <= 113; alert++) { /* unrecognized_name; bad_certificate_status_response */
        const char bytes[] = {0x15, 3, 3, 0, 2, 2, (char)alert};
        const struct endpoint remote = place();
        int fds[2];
        make_sockets(fds);
        struct tls_session *session = tls_connect(tls, fds[0], &remote, SLICE("sip.example"));
        cr_assert_eq(tls_shake(session), TLS_READS);
        cr_assert_eq(write(fds[1], bytes, sizeof bytes), (ssize_t)sizeof bytes);
        cr_assert_eq(tls_shake(session), TLS_FAILED);
        cr_assert_eq(tls_cause(session), alert == 112 ? CAUSE_TLS_IDENTITY : CAUSE_TLS_HANDSHAKE);
        cr_assert_str_not_empty(tls_reason(session));
        tls_end(session);
        close(fds[0]);
        close(fds[1]);
    }
    tls_free(tls);
}

/* Files. */

Test(tls, files_that_are_no_good_are_named_with_the_reason) {
    const char *good = certificate("own", "DNS:sip.example"), *other = certificate("other", "DNS:sip.example");
    char locked[80], old[80], bare[80], command[512], reason[256];
    snprintf(locked, sizeof locked, "%s/locked.pem", directory);
    snprintf(old, sizeof old, "%s/old.pem", directory);
    snprintf(bare, sizeof bare, "%s/own.crt", directory);
    snprintf(command, sizeof command,
             "openssl pkey -in %s -aes256 -passout pass:secret -out %s 2>/dev/null && "
             "openssl pkey -in %s -aes256 -passout pass:secret -traditional -out %s 2>/dev/null",
             good, locked, good, old);
    shell(command);
    const struct {
        const char *certificate, *key, *authorities, *says;
    } rows[] = {
        {"/nowhere.pem", good, authority, "cannot use the certificate /nowhere.pem: No such file"},
        {"Makefile", good, authority, "cannot use the certificate Makefile: no start line"},
        {good, "/nowhere.pem", authority, "cannot use the key /nowhere.pem: No such file"},
        {good, other, authority, "key values mismatch"},
        {good, locked, authority, "/locked.pem: it has a passphrase"},
        {good, old, authority, "/old.pem: it has a passphrase"},
        {good, bare, authority, "/own.crt: there is no private key in it"},
        {good, good, "/nowhere.pem", "cannot use the authorities of /nowhere.pem: No such file"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tls *tls;
        const struct tls_settings settings = {.certificates = &rows[i].certificate,
                                              .keys = &rows[i].key,
                                              .certificate_count = 1,
                                              .authorities = rows[i].authorities,
                                              .verify = true};
        cr_expect_eq(tls_open(&tls, &settings, &logged, reason, sizeof reason), -EINVAL);
        cr_expect(strstr(reason, rows[i].says), "%zu: %s", i, reason);
        cr_expect_null(tls);
    }
}

Test(tls, a_key_that_everybody_can_read_is_warned_of) {
    char line[512] = "";
    const char *file = certificate("own", "DNS:sip.example");
    tls_free(make(file, authority, true, TLS_CLIENTS_OFF));
    cr_assert_eq(read(log_end, line, sizeof line - 1), -1);
    chmod(file, 0644);
    tls_free(make(file, authority, true, TLS_CLIENTS_OFF));
    cr_assert(read(log_end, line, sizeof line - 1) > 0 && strstr(line, "event=key-readable-by-all file=/tmp/fov-tls-"));
}

Test(tls, reading_the_files_again_touches_no_session_and_serves_the_next_one) {
    struct tls *tls = make(certificate("own", "DNS:old.example"), authority, true, TLS_CLIENTS_OFF);
    struct pair old = shake(tls, tls, "old.example");
    char reason[256], command[128];
    certificate("own", "DNS:new.example");
    cr_assert_eq(tls_reload(tls, reason, sizeof reason), 0, "%s", reason);
    struct pair new = shake(tls, tls, "new.example");
    cr_assert(new.client_says == TLS_DONE &&old.client_says == TLS_DONE);
    says(old.client, old.server, "still there");
    end(&new);
    end(&old);
    snprintf(command, sizeof command, "echo nothing >%s/own.pem", directory);
    shell(command);
    cr_assert_eq(tls_reload(tls, reason, sizeof reason), -EINVAL);
    new = shake(tls, tls, "new.example");
    cr_assert_eq(new.client_says, TLS_DONE);
    end(&new);
    tls_free(tls);
}
