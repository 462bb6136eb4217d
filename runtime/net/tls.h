/* SPDX-License-Identifier: MIT */
/* TLS 1.2 and newer on sockets that others own: who we are, whom we trust, and the sessions that come of it. tls.c is
 * the only file that knows OpenSSL. Nothing here waits: what cannot go on says so. */
#ifndef FOV_RUNTIME_NET_TLS_H
#define FOV_RUNTIME_NET_TLS_H

#include "runtime/net/log.h"

#include <sys/types.h>

enum tls_clients { TLS_CLIENTS_OFF, TLS_CLIENTS_OPTIONAL, TLS_CLIENTS_REQUIRED };

/* Files are PEM. All texts must outlive what is made with them. */
struct tls_settings {
    /* Each certificate with the chain up to what peers trust, and its key; the first one when nobody asks by name. */
    const char *const *certificates, *const *keys;
    unsigned certificate_count;
    const char *authorities; /* a file, or a directory as "openssl rehash" makes it; NULL: the system's */
    bool verify;             /* the servers that we connect to */
    /* Those who connect to us; one whose certificate is shown and no good is turned away. */
    enum tls_clients verify_client;
};

struct tls;
struct tls_session;

/* 0, or -errno with the reason in one line. The log must outlive it. */
int tls_open(struct tls **tls, const struct tls_settings *settings, struct log *log, char *reason, size_t size);
/* Reads all files again. Sessions go on with what they began with. Otherwise as tls_open(), and nothing has changed. */
int tls_reload(struct tls *tls, char *reason, size_t size);
void tls_free(struct tls *tls);

/* A session on a connected socket, which must outlive it. NULL: out of memory. */
struct tls_session *tls_accept(struct tls *tls, int fd);
/* The other end must prove to be `name`, the host of the URI that asked for it (RFC 5922 7.3). */
struct tls_session *tls_connect(struct tls *tls, int fd, const struct endpoint *remote, struct slice name);
/* Says good-bye if anybody may be listening; then, or when that was done before, it is no more. */
void tls_close(struct tls_session *session);
void tls_end(struct tls_session *session);

enum tls_result {
    TLS_DONE,   /* who is there is known, and nobody else can read */
    TLS_READS,  /* waits for what the other end says */
    TLS_WRITES, /* waits for room in the socket */
    TLS_FAILED, /* tls_cause(), tls_reason() */
};
enum tls_result tls_shake(struct tls_session *session);
/* As recv() and send(): -1 and EAGAIN, or anything else for an end that tls_cause() tells. */
ssize_t tls_read(struct tls_session *session, char *bytes, size_t size);
ssize_t tls_write(struct tls_session *session, const char *bytes, size_t length);
/* It was room to write that a read has lacked. */
bool tls_wants_room(const struct tls_session *session);

/* May requests for `name` go over it (RFC 5923 8)? While it is being agreed on: was it asked to be that name? */
bool tls_proves(const struct tls_session *session, struct slice name);
enum cause tls_cause(const struct tls_session *session);
/* What went wrong, in words; "": nothing that TLS knows of. */
const char *tls_reason(const struct tls_session *session);

#endif
