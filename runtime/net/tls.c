/* SPDX-License-Identifier: MIT */
#include "runtime/net/tls.h"

#include "grammar/causes.h"
#include "grammar/hash.h"
#include "runtime/net/identity.h"
#include "runtime/sip/uri.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    KEPT = 1024,        /* sessions that may be resumed, of as many destinations */
    DESTINATION = 320,  /* bytes of one's name */
    REASON = 256,       /* of a sentence about a failure */
    RESUMABLE = 60 * 60 /* seconds: what was verified once does not hold for ever */
};

/* What is read from files; replaced as a whole. */
struct contexts {
    SSL_CTX **servers; /* one for each certificate; NULL: none */
    SSL_CTX *client;
};

struct kept {
    char destination[DESTINATION];
    SSL_SESSION *session;
};

struct tls {
    struct tls_settings settings;
    struct log *log;
    struct contexts contexts;
    struct kept kept[KEPT]; /* each destination has its one place */
};

struct tls_session {
    struct tls *tls;
    int fd;
    SSL *ssl;   /* NULL: whoever has come has said nothing yet */
    char *name; /* that was asked for; owned. NULL: they came to us */
    char destination[DESTINATION];
    bool agreed, said_goodbye, wants_room;
    enum cause cause;
    char reason[REASON];
};

/* What a certificate says of its owner. */
struct owner {
    GENERAL_NAMES *names; /* the bytes of the list */
    struct identity *list;
    unsigned count;
};

/* Reasons. */

/* The oldest error is the one nearest to its cause; what it entailed is forgotten. */
static const char *error_text(void) {
    unsigned long error = ERR_get_error();
    const char *text = ERR_SYSTEM_ERROR(error) ? strerror(ERR_GET_REASON(error)) : ERR_reason_error_string(error);
    ERR_clear_error();
    return text ? text : "out of memory";
}

/* OpenSSL's own words for what is wrong with the file of a key say little. */
static const char *key_error_text(void) {
    int code = ERR_GET_REASON(ERR_peek_error());
    const char *text = error_text();
    if (code == ERR_R_INTERRUPTED_OR_CANCELLED || code == PEM_R_BAD_PASSWORD_READ)
        return "it has a passphrase";
    return code == ERR_R_UNSUPPORTED ? "there is no private key in it" : text;
}

static int refuse(char *reason, size_t size, const char *what, const char *file, const char *why) {
    snprintf(reason, size, "cannot use %s %s: %s", what, file, why);
    return -EINVAL;
}

static enum tls_result fail(struct tls_session *session, enum cause cause, const char *why) {
    session->cause = cause;
    snprintf(session->reason, sizeof session->reason, "%s", why);
    return TLS_FAILED;
}

/* Identities. */

static struct slice bytes_of(const ASN1_STRING *string) {
    return (struct slice){(const char *)ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string)};
}

static struct identity identity_of(const GENERAL_NAME *name) {
    switch (name->type) {
    case GEN_URI: return (struct identity){IDENTITY_URI, bytes_of(name->d.uniformResourceIdentifier)};
    case GEN_DNS: return (struct identity){IDENTITY_DNS, bytes_of(name->d.dNSName)};
    case GEN_IPADD: return (struct identity){IDENTITY_ADDRESS, bytes_of(name->d.iPAddress)};
    default: return (struct identity){IDENTITY_OTHER, SLICE_EMPTY};
    }
}

static void owner_close(struct owner *owner) {
    free(owner->list);
    GENERAL_NAMES_free(owner->names);
}

/* `certificate` may be NULL: there is none, and nobody's it is when memory is out. */
static void owner_open(struct owner *owner, const X509 *certificate) {
    *owner = (struct owner){0};
    owner->names = certificate ? X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL) : NULL;
    int count = owner->names ? sk_GENERAL_NAME_num(owner->names) : 0;
    owner->list = count > 0 ? calloc((size_t)count, sizeof *owner->list) : NULL;
    for (int i = 0; owner->list && i < count; i++)
        owner->list[owner->count++] = identity_of(sk_GENERAL_NAME_value(owner->names, i));
}

static bool is_for(const X509 *certificate, struct slice host) {
    struct owner owner;
    owner_open(&owner, certificate);
    bool proved = identity_proves(owner.list, owner.count, host);
    owner_close(&owner);
    return proved;
}

static bool proves(const struct tls_session *session, struct slice host) {
    return is_for(SSL_get0_peer_certificate(session->ssl), host) && SSL_get_verify_result(session->ssl) == X509_V_OK;
}

bool tls_proves(const struct tls_session *session, struct slice name) {
    if (session->name && (!session->tls->settings.verify || slice_same(slice_of(session->name), name)))
        return true;
    return session->agreed && proves(session, name);
}

/* Who it is instead, as far as the line goes. */
static enum tls_result fail_of_identity(struct tls_session *session) {
    struct owner owner;
    int used =
        snprintf(session->reason, sizeof session->reason, "the certificate is not for %.100s, but for ", session->name);
    owner_open(&owner, SSL_get0_peer_certificate(session->ssl));
    identity_tell(owner.list, owner.count, session->reason + used, sizeof session->reason - (size_t)used);
    owner_close(&owner);
    session->cause = CAUSE_TLS_IDENTITY;
    return TLS_FAILED;
}

/* Sessions that may be resumed. */

static struct kept *place_of(struct tls *tls, const char *destination) {
    return &tls->kept[hash_open(destination, strlen(destination)) % KEPT];
}

static void forget(struct kept *kept) {
    SSL_SESSION_free(kept->session);
    kept->session = NULL;
}

/* 1: it is ours now. What was verified by files that have been read again since is not resumed. */
static int on_session(SSL *ssl, SSL_SESSION *resumable) {
    struct tls_session *session = SSL_get_app_data(ssl);
    struct kept *kept = place_of(session->tls, session->destination);
    if (SSL_get_SSL_CTX(ssl) != session->tls->contexts.client)
        return 0;
    forget(kept);
    kept->session = resumable;
    memcpy(kept->destination, session->destination, sizeof kept->destination);
    return 1;
}

static void resume(struct tls_session *session) {
    struct kept *kept = place_of(session->tls, session->destination);
    if (kept->session && strcmp(kept->destination, session->destination) == 0)
        SSL_set_session(session->ssl, kept->session);
}

/* Contexts. */

static int no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1; /* nobody is there to be asked */
}

static SSL_CTX *make_context(const SSL_METHOD *method) {
    SSL_CTX *context = SSL_CTX_new(method);
    if (!context)
        return NULL;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    /* Messages say themselves where they end: a stream cut short needs no word of its own. */
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_timeout(context, RESUMABLE);
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    return context;
}

static bool is_directory(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int trust(SSL_CTX *context, const char *authorities, char *reason, size_t size) {
    if (!authorities)
        return SSL_CTX_set_default_verify_paths(context)
                   ? 0
                   : refuse(reason, size, "the system's", "authorities", error_text());
    bool good = is_directory(authorities) ? SSL_CTX_load_verify_dir(context, authorities)
                                          : SSL_CTX_load_verify_file(context, authorities);
    return good ? 0 : refuse(reason, size, "the authorities of", authorities, error_text());
}

static int present(SSL_CTX *context, const struct tls_settings *settings, unsigned n, char *reason, size_t size) {
    if (SSL_CTX_use_certificate_chain_file(context, settings->certificates[n]) != 1)
        return refuse(reason, size, "the certificate", settings->certificates[n], error_text());
    if (SSL_CTX_use_PrivateKey_file(context, settings->keys[n], SSL_FILETYPE_PEM) != 1)
        return refuse(reason, size, "the key", settings->keys[n], key_error_text());
    return 0;
}

/* The certificate that proves to be who is asked for, to those who look at it as we do, else to a browser. */
static int on_server_name(SSL *ssl, int *alert, void *context) {
    const struct tls *tls = context;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    unsigned count = name ? tls->settings.certificate_count : 0;
    (void)alert;
    for (unsigned i = 0; i < 2 * count; i++) {
        X509 *certificate = SSL_CTX_get0_certificate(tls->contexts.servers[i % count]);
        if (i < count ? is_for(certificate, slice_of(name))
                      : X509_check_host(certificate, name, 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) == 1) {
            SSL_set_SSL_CTX(ssl, tls->contexts.servers[i % count]);
            break;
        }
    }
    return SSL_TLSEXT_ERR_OK;
}

static int make_server(SSL_CTX **server, struct tls *tls, unsigned n, char *reason, size_t size) {
    static const unsigned char name[] = "fov";
    const struct tls_settings *settings = &tls->settings;
    SSL_CTX *context = *server = make_context(TLS_server_method());
    if (!context)
        return -ENOMEM;
    SSL_CTX_set_session_id_context(context, name, sizeof name - 1);
    SSL_CTX_set_tlsext_servername_callback(context, on_server_name);
    SSL_CTX_set_tlsext_servername_arg(context, tls);
    SSL_CTX_sess_set_cache_size(context, KEPT); /* those of TLS 1.2 without tickets: each may hold certificates */
    if (settings->verify_client != TLS_CLIENTS_OFF)
        SSL_CTX_set_verify(context,
                           SSL_VERIFY_PEER |
                               (settings->verify_client == TLS_CLIENTS_REQUIRED ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                           NULL);
    int result = trust(context, settings->authorities, reason, size);
    return result ? result : present(context, settings, n, reason, size);
}

static int make_client(SSL_CTX **client, const struct tls_settings *settings, char *reason, size_t size) {
    SSL_CTX *context = *client = make_context(TLS_client_method());
    if (!context)
        return -ENOMEM;
    SSL_CTX_set_verify(context, settings->verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_session);
    int result = settings->verify ? trust(context, settings->authorities, reason, size) : 0;
    return result || !settings->certificate_count ? result : present(context, settings, 0, reason, size);
}

static void free_contexts(struct contexts *contexts, unsigned count) {
    for (unsigned i = 0; contexts->servers && i < count; i++)
        SSL_CTX_free(contexts->servers[i]);
    free(contexts->servers);
    SSL_CTX_free(contexts->client);
}

static int make_contexts(struct contexts *contexts, struct tls *tls, char *reason, size_t size) {
    unsigned count = tls->settings.certificate_count;
    *contexts = (struct contexts){.servers = calloc(count ? count : 1, sizeof *contexts->servers)};
    int result = contexts->servers ? make_client(&contexts->client, &tls->settings, reason, size) : -ENOMEM;
    for (unsigned i = 0; !result && i < count; i++)
        result = make_server(&contexts->servers[i], tls, i, reason, size);
    if (result)
        free_contexts(contexts, count);
    return result;
}

static void warn_of_readers(const struct tls *tls) {
    struct stat status;
    char text[256];
    for (unsigned i = 0; i < tls->settings.certificate_count; i++)
        if (stat(tls->settings.keys[i], &status) == 0 && status.st_mode & S_IROTH)
            log_printf(tls->log, LOG_WARNING, "event=key-readable-by-all file=%s",
                       log_value(slice_of(tls->settings.keys[i]), text, sizeof text));
}

int tls_reload(struct tls *tls, char *reason, size_t size) {
    struct contexts fresh;
    ERR_clear_error();
    int result = make_contexts(&fresh, tls, reason, size);
    if (result)
        return result;
    free_contexts(&tls->contexts, tls->settings.certificate_count);
    tls->contexts = fresh;
    for (unsigned i = 0; i < KEPT; i++)
        forget(&tls->kept[i]); /* they were verified by what was known before */
    warn_of_readers(tls);
    return 0;
}

int tls_open(struct tls **tls, const struct tls_settings *settings, struct log *log, char *reason, size_t size) {
    *tls = calloc(1, sizeof **tls);
    if (!*tls)
        return -ENOMEM;
    (*tls)->settings = *settings;
    (*tls)->log = log;
    int result = tls_reload(*tls, reason, size);
    if (!result)
        return 0;
    free(*tls);
    *tls = NULL;
    return result;
}

void tls_free(struct tls *tls) {
    if (!tls)
        return;
    for (unsigned i = 0; i < KEPT; i++)
        forget(&tls->kept[i]);
    free_contexts(&tls->contexts, tls->settings.certificate_count);
    free(tls);
}

/* Sessions. */

static struct tls_session *make_session(struct tls *tls, int fd) {
    struct tls_session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    session->tls = tls;
    session->fd = fd;
    return session;
}

/* False: out of memory. */
static bool begin(struct tls_session *session, SSL_CTX *context) {
    session->ssl = SSL_new(context);
    bool good = session->ssl && SSL_set_fd(session->ssl, session->fd) == 1;
    if (good) {
        SSL_set_app_data(session->ssl, session);
        session->name ? SSL_set_connect_state(session->ssl) : SSL_set_accept_state(session->ssl);
    }
    ERR_clear_error();
    return good;
}

struct tls_session *tls_accept(struct tls *tls, int fd) {
    return make_session(tls, fd);
}

struct tls_session *tls_connect(struct tls *tls, int fd, const struct endpoint *remote, struct slice name) {
    struct ip_address ip;
    char place[ENDPOINT_TEXT];
    struct slice host = host_without_root(name);
    struct tls_session *session = make_session(tls, fd);
    if (!session)
        return NULL;
    session->name = strndup(host.at ? host.at : "", host.len);
    /* Only host names may be asked for (RFC 6066 3). */
    if (!session->name || !begin(session, tls->contexts.client) ||
        (host.len && !ip_parse(&ip, host) && SSL_set_tlsext_host_name(session->ssl, session->name) != 1)) {
        ERR_clear_error();
        tls_end(session);
        return NULL;
    }
    snprintf(session->destination, sizeof session->destination, "%s %s", endpoint_text(remote, place), session->name);
    resume(session);
    return session;
}

void tls_close(struct tls_session *session) {
    if (session->agreed && !session->said_goodbye && !session->cause)
        SSL_shutdown(session->ssl);
    session->said_goodbye = true;
    ERR_clear_error();
}

void tls_end(struct tls_session *session) {
    if (!session)
        return;
    if (session->ssl)
        SSL_set_shutdown(session->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); /* else it could not be resumed */
    SSL_free(session->ssl);
    free(session->name);
    free(session);
}

/* Why a call answered `result`. TLS_DONE: the other end has said good-bye. */
static enum tls_result outcome_of(struct tls_session *session, int result) {
    int error = errno;
    session->wants_room = false;
    switch (SSL_get_error(session->ssl, result)) {
    case SSL_ERROR_WANT_READ: return TLS_READS;
    case SSL_ERROR_WANT_WRITE: session->wants_room = true; return TLS_WRITES;
    case SSL_ERROR_ZERO_RETURN: return TLS_DONE;
    case SSL_ERROR_SYSCALL:
        ERR_clear_error();
        if (session->agreed)
            return fail(session, CAUSE_RESET, "");
        return fail(session, CAUSE_TLS_HANDSHAKE, error ? strerror(error) : "closed by the other end");
    default: break;
    }
    bool judged = !session->agreed && SSL_get_verify_mode(session->ssl) != SSL_VERIFY_NONE;
    long verified = judged ? SSL_get_verify_result(session->ssl) : X509_V_OK;
    /* A server without a certificate for the name says so (RFC 6066 3): it is there, and is not who was asked for. */
    bool unknown = session->name && ERR_GET_REASON(ERR_peek_error()) == SSL_R_TLSV1_UNRECOGNIZED_NAME;
    enum cause cause = unknown ? CAUSE_TLS_IDENTITY : CAUSE_TLS_HANDSHAKE;
    const char *text = error_text();
    return fail(session, cause, verified != X509_V_OK ? X509_verify_cert_error_string(verified) : text);
}

enum tls_result tls_shake(struct tls_session *session) {
    if (!session->ssl && !begin(session, session->tls->contexts.servers[0]))
        return fail(session, CAUSE_LOCAL_LIMIT, "out of memory");
    ERR_clear_error();
    errno = 0;
    int result = SSL_do_handshake(session->ssl);
    if (result != 1) {
        enum tls_result outcome = outcome_of(session, result);
        return outcome == TLS_DONE ? fail(session, CAUSE_TLS_HANDSHAKE, "closed by the other end") : outcome;
    }
    session->agreed = true;
    if (!session->name || !session->tls->settings.verify || proves(session, slice_of(session->name)))
        return TLS_DONE;
    return fail_of_identity(session);
}

/* What recv() and send() would have said. */
static ssize_t answer(struct tls_session *session, int result) {
    if (result > 0)
        return result;
    switch (outcome_of(session, result)) {
    case TLS_DONE: return 0;
    case TLS_READS:
    case TLS_WRITES: errno = EAGAIN; return -1;
    case TLS_FAILED: break;
    }
    errno = EPROTO;
    return -1;
}

ssize_t tls_read(struct tls_session *session, char *bytes, size_t size) {
    ERR_clear_error();
    errno = 0;
    return answer(session, SSL_read(session->ssl, bytes, size < INT_MAX ? (int)size : INT_MAX));
}

ssize_t tls_write(struct tls_session *session, const char *bytes, size_t length) {
    ERR_clear_error();
    errno = 0;
    return answer(session, SSL_write(session->ssl, bytes, length < INT_MAX ? (int)length : INT_MAX));
}

bool tls_wants_room(const struct tls_session *session) {
    return session->wants_room;
}

enum cause tls_cause(const struct tls_session *session) {
    return session->cause ? session->cause : CAUSE_RESET;
}

const char *tls_reason(const struct tls_session *session) {
    return session->reason;
}
