/* SPDX-License-Identifier: MIT */
/* Sessions of ours with a plain OpenSSL at the other end. */
#include "runtime/net/tls.h"

#include "tests/unit/net/support/secure.h"

#include <openssl/ssl.h>

TestSuite(tls_plain, .init = begin, .fini = finish);

static SSL *plain(SSL_CTX *context, int fd, bool client) {
    SSL *ssl = SSL_new(context);
    cr_assert(ssl && SSL_set_fd(ssl, fd) == 1);
    client ? SSL_set_connect_state(ssl) : SSL_set_accept_state(ssl);
    return ssl;
}

static enum tls_result shake_plain(SSL *ssl, struct tls_session *session) {
    enum tls_result result = TLS_READS;
    for (unsigned i = 0; i < 10; i++) {
        SSL_do_handshake(ssl);
        if (!is_over(result))
            result = tls_shake(session);
    }
    return result;
}

static void hang_up(SSL *ssl, struct tls_session *session, const int fds[2]) {
    SSL_free(ssl);
    tls_end(session);
    close(fds[0]);
    close(fds[1]);
}

static SSL_CTX *a_server(const char *file) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    cr_assert(SSL_CTX_use_certificate_chain_file(context, file) == 1 &&
              SSL_CTX_use_PrivateKey_file(context, file, SSL_FILETYPE_PEM) == 1);
    return context;
}

Test(tls_plain, older_than_1_2_is_refused) {
    struct tls *tls = make(certificate("own", "DNS:sip.example"), authority, true, TLS_CLIENTS_OFF);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    for (int version = TLS1_1_VERSION; version <= TLS1_3_VERSION; version++) {
        int fds[2];
        make_sockets(fds);
        SSL_CTX_set_security_level(context, 0);
        SSL_CTX_set_min_proto_version(context, version);
        SSL_CTX_set_max_proto_version(context, version);
        struct tls_session *session = tls_accept(tls, fds[0]);
        SSL *ssl = plain(context, fds[1], true);
        cr_expect_eq(shake_plain(ssl, session), version < TLS1_2_VERSION ? TLS_FAILED : TLS_DONE);
        hang_up(ssl, session, fds);
    }
    SSL_CTX_free(context);
    tls_free(tls);
}

Test(tls_plain, a_second_connection_to_the_same_destination_resumes_the_first) {
    const char *file = certificate("own", "DNS:sip.example");
    struct tls *tls = make(NULL, authority, true, TLS_CLIENTS_OFF);
    SSL_CTX *context = a_server(file);
    const struct endpoint remote = place();
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        static const char *const names[] = {"sip.example", "sip.example", "other.example"};
        SSL_CTX_set_min_proto_version(context, version);
        SSL_CTX_set_max_proto_version(context, version);
        tls_free(tls);
        tls = make(NULL, authority, true, TLS_CLIENTS_OFF);
        for (unsigned i = 0; i < 3; i++) {
            int fds[2];
            char bytes[8];
            make_sockets(fds);
            struct tls_session *session = tls_connect(tls, fds[0], &remote, slice_of(names[i]));
            SSL *ssl = plain(context, fds[1], false);
            cr_expect_eq(shake_plain(ssl, session), i < 2 ? TLS_DONE : TLS_FAILED);
            cr_expect_eq(SSL_session_reused(ssl), i == 1, "version %x, connection %u", (unsigned)version, i);
            tls_read(session, bytes, sizeof bytes); /* tickets come behind the handshake */
            tls_close(session);
            hang_up(ssl, session, fds);
        }
    }
    SSL_CTX_free(context);
    tls_free(tls);
}

Test(tls_plain, what_was_agreed_on_before_the_files_were_read_again_is_not_resumed) {
    const char *file = certificate("own", "DNS:sip.example");
    struct tls *tls = make(NULL, authority, true, TLS_CLIENTS_OFF);
    SSL_CTX *context = a_server(file);
    const struct endpoint remote = place();
    char reason[256], bytes[8];
    for (unsigned i = 0; i < 2; i++) {
        int fds[2];
        make_sockets(fds);
        struct tls_session *session = tls_connect(tls, fds[0], &remote, SLICE("sip.example"));
        SSL *ssl = plain(context, fds[1], false);
        cr_assert_eq(shake_plain(ssl, session), TLS_DONE);
        cr_expect_not(SSL_session_reused(ssl), "connection %u", i);
        if (i == 0)
            cr_assert_eq(tls_reload(tls, reason, sizeof reason), 0);
        tls_read(session, bytes, sizeof bytes); /* tickets come now */
        hang_up(ssl, session, fds);
    }
    SSL_CTX_free(context);
    tls_free(tls);
}

/* That of a browser may have an asterisk; who looks for a SIP domain is never given it when there is a better one. */
Test(tls_plain, a_caller_gets_the_certificate_that_he_asks_for_by_name) {
    const char *files[] = {certificate("first", "DNS:first.example"), certificate("any", "DNS:*.pages.example"),
                           certificate("second", "DNS:second.example"),
                           certificate("third", "URI:sip:third.pages.example")};
    const struct tls_settings settings = {
        .certificates = files, .keys = files, .certificate_count = 4, .authorities = authority, .verify = true};
    static struct {
        char name[24]; /* OpenSSL wants to be able to change it */
        const char *shown;
    } rows[] = {{"first.example", "first"},       {"second.example", "second"},    {"SECOND.example", "second"},
                {"third.pages.example", "third"}, {"fourth.pages.example", "any"}, {"elsewhere.invalid", "first"}};
    struct tls *tls;
    char reason[256];
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    cr_assert_eq(tls_open(&tls, &settings, &logged, reason, sizeof reason), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fds[2];
        char shown[32] = "";
        make_sockets(fds);
        struct tls_session *session = tls_accept(tls, fds[0]);
        SSL *ssl = plain(context, fds[1], true);
        SSL_set_tlsext_host_name(ssl, rows[i].name);
        cr_assert_eq(shake_plain(ssl, session), TLS_DONE);
        X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_get0_peer_certificate(ssl)), NID_commonName, shown,
                                  sizeof shown);
        cr_expect_str_eq(shown, rows[i].shown, "%s", rows[i].name);
        hang_up(ssl, session, fds);
    }
    SSL_CTX_free(context);
    tls_free(tls);
}
