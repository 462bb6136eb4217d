/* SPDX-License-Identifier: MIT */
/* Somebody who means harm to a server of streams. What he does:
 *
 * half     sends the beginning of a request on each of COUNT connections, and holds those that he is left
 * shake    full handshakes of TLS as fast as they go, for COUNT ms; each connection is left behind it
 * greet    the same, but each is left as soon as the server has answered the first bytes: that costs it more than him
 *
 * abuser KIND COUNT SOURCE SERVER     SOURCE an ADDRESS:0. Says what came of it, and stays until he is killed. */
#include "tests/live/wire.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { GREETING = 1024, WINDOW = 64 };

static struct sockaddr_in source, server;

static long now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Descriptors for so many connections; fewer when the system does not let us. */
static long allow(long count) {
    const long others = 16;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur < (rlim_t)(count + others) ? (long)limit.rlim_cur - others : count;
}

static void half(long count) {
    static const char begun[] = "INVITE sip:100@fov.example SIP/2.0\r\nVia: ";
    long possible = allow(count), connected = 0, held = 0;
    struct pollfd *fds = calloc((size_t)possible + 1, sizeof *fds);
    for (long i = 0; fds && i < possible; i++) {
        struct wire wire;
        fds[i].events = POLLIN;
        fds[i].fd = wire_connect(&wire, &source, &server) ? wire.fd : -1;
        connected += fds[i].fd >= 0 && wire_write(&wire, begun, sizeof begun - 1) > 0;
    }
    poll(fds, (nfds_t)possible, 100);
    for (long i = 0; i < possible; i++)
        held += fds[i].fd >= 0 && !fds[i].revents;
    printf("tried %ld of %ld, sent %ld, held %ld\n", possible, count, connected, held);
}

static void shake(long ms) {
    SSL_CTX *context = wire_context();
    long end = now_ms() + ms, count = 0, failed = 0;
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    while (now_ms() < end) {
        struct wire wire;
        bool good = wire_connect(&wire, &source, &server) && wire_secure(&wire, context);
        count += good;
        failed += !good;
        wire_reset(&wire);
    }
    printf("handshakes %ld failed %ld\n", count, failed);
}

/* What a client says first. */
static size_t greeting(char text[GREETING]) {
    SSL *tls = SSL_new(wire_context());
    BIO *out = BIO_new(BIO_s_mem());
    SSL_set_bio(tls, BIO_new(BIO_s_mem()), out);
    SSL_connect(tls);
    int length = BIO_read(out, text, GREETING);
    return length > 0 ? (size_t)length : 0;
}

static void greet(long ms) {
    char text[GREETING], answer[1];
    size_t length = greeting(text);
    struct wire wires[WINDOW];
    long end = now_ms() + ms, count = 0, answered = 0;
    for (; now_ms() < end; count++) {
        struct wire *wire = &wires[count % WINDOW];
        if (count >= WINDOW) {
            answered += recv(wire->fd, answer, 1, MSG_DONTWAIT) == 1;
            wire_reset(wire);
        }
        if (wire_connect(wire, &source, &server))
            wire_write(wire, text, length);
    }
    printf("greetings %ld answered %ld\n", count, answered);
}

int main(int count, char **arguments) {
    static const struct {
        const char *name;
        void (*act)(long count);
    } kinds[] = {{"half", half}, {"shake", shake}, {"greet", greet}};
    if (count != 5)
        fail("usage: abuser KIND COUNT SOURCE SERVER");
    source = address_of(arguments[3]);
    server = address_of(arguments[4]);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(arguments[1], kinds[i].name) != 0)
            continue;
        kinds[i].act(atol(arguments[2]));
        fflush(stdout);
        pause();
    }
    fail("no such kind");
}
