/* SPDX-License-Identifier: MIT */
/* Both ends of TLS over pairs of sockets. Certificates are made as they are wanted (tools/certificate.sh). */
#ifndef FOV_TESTS_UNIT_NET_SUPPORT_SECURE_H
#define FOV_TESTS_UNIT_NET_SUPPORT_SECURE_H

#include "grammar/causes.h"
#include "runtime/net/tls.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char directory[] = "/tmp/fov-tls-XXXXXX";
static char authority[64];
static struct log logged;
static int log_end;

static inline void begin(void) {
    int ends[2];
    alarm(60);
    signal(SIGPIPE, SIG_IGN);
    cr_assert(mkdtemp(directory) && pipe(ends) == 0);
    snprintf(authority, sizeof authority, "%s/ca.pem", directory);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    log_open(&logged, ends[1], LOG_INFO);
    log_end = ends[0];
}

static inline void finish(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    cr_assert_eq(system(command), 0);
}

static inline void shell(const char *command) {
    cr_assert_eq(system(command), 0, "%s", command);
}

/* The file of a certificate for `identities`. */
static inline const char *certificate(const char *name, const char *identities) {
    static char files[16][64];
    static unsigned count;
    char command[512];
    char *file = files[count++ % 16];
    snprintf(command, sizeof command, "tools/certificate.sh %s %s '%s'", directory, name, identities);
    shell(command);
    snprintf(file, sizeof files[0], "%s/%s.pem", directory, name);
    return file;
}

static inline struct tls *make(const char *file, const char *authorities, bool verify, enum tls_clients clients) {
    static const char *files[16];
    static unsigned count;
    struct tls *tls;
    char reason[256] = "";
    const char **own = &files[count++ % 16];
    *own = file;
    const struct tls_settings settings = {.certificates = own,
                                          .keys = own,
                                          .certificate_count = file ? 1 : 0,
                                          .authorities = authorities,
                                          .verify = verify,
                                          .verify_client = clients};
    cr_assert_eq(tls_open(&tls, &settings, &logged, reason, sizeof reason), 0, "%s", reason);
    return tls;
}

struct pair {
    struct tls_session *client, *server;
    enum tls_result client_says, server_says;
    int fds[2];
};

static inline void make_sockets(int fds[2]) {
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
}

static inline struct endpoint place(void) {
    struct endpoint endpoint = {.port = 5061, .transport = TRANSPORT_TLS};
    cr_assert(ip_parse(&endpoint.ip, SLICE("192.0.2.1")));
    return endpoint;
}

static inline bool is_over(enum tls_result result) {
    return result == TLS_DONE || result == TLS_FAILED;
}

/* Until neither can go on. */
static inline struct pair shake(struct tls *client, struct tls *server, const char *name) {
    struct pair pair = {.client_says = TLS_READS, .server_says = TLS_READS};
    const struct endpoint remote = place();
    make_sockets(pair.fds);
    pair.client = tls_connect(client, pair.fds[0], &remote, slice_of(name));
    pair.server = tls_accept(server, pair.fds[1]);
    cr_assert(pair.client && pair.server);
    for (unsigned i = 0; i < 10; i++) {
        if (!is_over(pair.client_says))
            pair.client_says = tls_shake(pair.client);
        if (!is_over(pair.server_says))
            pair.server_says = tls_shake(pair.server);
    }
    return pair;
}

static inline void end(struct pair *pair) {
    tls_end(pair->client);
    tls_end(pair->server);
    close(pair->fds[0]);
    close(pair->fds[1]);
}

#endif
