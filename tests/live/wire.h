/* SPDX-License-Identifier: MIT */
/* One connection of a test program, over TCP or TLS on it. Whose certificate the server has does not matter here. */
#ifndef FOV_TESTS_LIVE_WIRE_H
#define FOV_TESTS_LIVE_WIRE_H

#include "tests/live/place.h"

#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

struct wire {
    int fd;
    SSL *tls; /* NULL: in clear */
};

/* False: nobody lets us in. Blocks. */
static inline bool wire_connect(struct wire *wire, const struct sockaddr_in *source, const struct sockaddr_in *server) {
    const int on = 1;
    struct sockaddr_in own = *source;
    *wire = (struct wire){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    own.sin_port = 0;
    if (wire->fd < 0)
        return false;
    setsockopt(wire->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(wire->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(wire->fd, (const struct sockaddr *)&own, sizeof own) == 0 &&
        connect(wire->fd, (const struct sockaddr *)server, sizeof *server) == 0)
        return true;
    close(wire->fd);
    wire->fd = -1;
    return false;
}

static inline SSL_CTX *wire_context(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context)
        fail("out of memory");
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return context;
}

/* Behind wire_connect(): the handshake, as far as it goes (a blocking socket: to its end). */
static inline bool wire_secure(struct wire *wire, SSL_CTX *context) {
    if (!wire->tls) {
        wire->tls = SSL_new(context);
        if (!wire->tls || SSL_set_fd(wire->tls, wire->fd) != 1)
            fail("out of memory");
    }
    return SSL_connect(wire->tls) == 1;
}

static inline ssize_t wire_read(const struct wire *wire, void *bytes, size_t size) {
    return wire->tls ? SSL_read(wire->tls, bytes, (int)size) : recv(wire->fd, bytes, size, 0);
}

static inline ssize_t wire_write(const struct wire *wire, const void *bytes, size_t length) {
    return wire->tls ? SSL_write(wire->tls, bytes, (int)length) : send(wire->fd, bytes, length, MSG_NOSIGNAL);
}

/* At once, so that its port is free again. */
static inline void wire_reset(struct wire *wire) {
    const struct linger now = {.l_onoff = 1};
    if (wire->fd >= 0) {
        setsockopt(wire->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close(wire->fd);
    }
    SSL_free(wire->tls);
    *wire = (struct wire){.fd = -1};
}

#endif
