/* SPDX-License-Identifier: MIT */
/* Somebody who means harm to a server of streams. What he does, over TRANSPORT (tcp, tls, ws, wss):
 *
 * half     sends the beginning of a request on each of COUNT connections, and holds those that he is left
 * shake    full handshakes of TLS as fast as they go, for COUNT ms; each connection is left behind it
 * greet    the same, but each is left as soon as the server has answered the first bytes: that costs it more than him
 * drip     a byte each COUNT ms: of a request; over WebSockets of a frame with one
 * hello    a byte each COUNT ms of a handshake of TLS
 * upgrade  a byte each COUNT ms of a WebSocket's handshake
 * head     a WebSocket's handshake without end, COUNT header lines of it
 * deaf     COUNT requests without reading any answer
 * pings    COUNT pings without reading any pong
 * chat     COUNT pings, the pong to each read before the next
 * pieces   a message of COUNT empty fragments
 *
 * abuser KIND COUNT TRANSPORT SOURCE SERVER     SOURCE an ADDRESS:0. Says what came of it, and stays until he is
 *                                               killed. */
#include "tests/live/wire.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { GREETING = 1024, WINDOW = 64, TEXT = 2048, PONG = 125 /* bytes at most */, PATIENCE = 60000 /* ms */ };

enum { CONTINUED = 0x00, TEXT_BEGINS = 0x01, TEXT_WHOLE = 0x81, PING = 0x89 }; /* first bytes of frames, RFC 6455 5.2 */

static struct sockaddr_in source, server;
static SSL_CTX *context; /* NULL: in clear */
static bool web;

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

/* Those that have been closed, when for half a second none was. */
static long closed_of(struct pollfd *fds, long count) {
    long closed = -1, before;
    do {
        before = closed;
        poll(NULL, 0, 500);
        closed = poll(fds, (nfds_t)count, 0);
    } while (closed != before);
    return closed;
}

static void half(long count) {
    static const char begun[] = "INVITE sip:100@fov.example SIP/2.0\r\nVia: ";
    long possible = allow(count), connected = 0, sent = 0;
    struct pollfd *fds = calloc((size_t)possible + 1, sizeof *fds);
    for (long i = 0; fds && i < possible; i++) {
        struct wire wire;
        fds[i].events = POLLIN;
        fds[i].fd = wire_connect(&wire, &source, &server) ? wire.fd : -1;
        connected += fds[i].fd >= 0;
        sent += fds[i].fd >= 0 && wire_write(&wire, begun, sizeof begun - 1) > 0;
    }
    printf("tried %ld of %ld, sent %ld, held %ld\n", possible, count, sent, connected - closed_of(fds, possible));
}

static void shake(long ms) {
    long end = now_ms() + ms, count = 0, failed = 0;
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
    SSL *tls = SSL_new(context);
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

/* One connection that can be used. */

static const char handshake[] = "GET / HTTP/1.1\r\nHost: fov.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                "Sec-WebSocket-Protocol: sip\r\n\r\n";

static struct wire enter(void) {
    struct wire wire;
    if (!wire_connect(&wire, &source, &server) || (context && !wire_secure(&wire, context)))
        fail("nobody lets us in");
    return wire;
}

static struct wire enter_web(void) {
    struct wire wire = enter();
    char text[TEXT] = "";
    wire_write(&wire, handshake, sizeof handshake - 1);
    for (size_t used = 0; used < sizeof text - 1 && !strstr(text, "\r\n\r\n"); used++)
        if (wire_read(&wire, text + used, 1) != 1)
            fail("no WebSocket");
    return wire;
}

/* A frame, masked with zeros (5.3); how long it is. */
static size_t frame(char *out, unsigned first, const char *payload, size_t length) {
    size_t used = 0;
    out[used++] = (char)first;
    out[used++] = (char)(0x80 | (length < 126 ? length : 126));
    if (length >= 126) {
        out[used++] = (char)(length >> 8);
        out[used++] = (char)length;
    }
    memset(out + used, 0, 4);
    memcpy(out + used + 4, payload, length);
    return used + 4 + length;
}

static size_t request(char *out) {
    static const char text[] = "OPTIONS sip:fov.example SIP/2.0\r\nVia: SIP/2.0/TCP abuser.invalid;branch=z9hG4bKa\r\n"
                               "From: <sip:a@abuser.invalid>;tag=a\r\nTo: <sip:fov.example>\r\nCall-ID: abuse\r\n"
                               "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
    if (web)
        return frame(out, TEXT_WHOLE, text, sizeof text - 1);
    memcpy(out, text, sizeof text - 1);
    return sizeof text - 1;
}

/* True: the other end has closed. */
static bool closed_within(const struct wire *wire, long ms) {
    struct pollfd ready = {.fd = wire->fd, .events = POLLIN};
    char bytes[TEXT];
    for (long end = now_ms() + ms; poll(&ready, 1, (int)(end > now_ms() ? end - now_ms() : 0)) > 0;)
        if (recv(wire->fd, bytes, sizeof bytes, 0) <= 0)
            return true;
    return false;
}

/* `begun`: before the server can have heard of it, so that nobody's waiting for a processor makes it shorter. */
static void drip_bytes(const struct wire *wire, const char *bytes, size_t length, long pause, long begun) {
    size_t sent = 0;
    while (sent < length && wire_write(wire, bytes + sent, 1) == 1) {
        sent++;
        if (closed_within(wire, pause))
            break;
    }
    printf("closed after %ld ms, %zu bytes\n", now_ms() - begun, sent);
}

static void drip(long pause) {
    char text[TEXT];
    size_t length = request(text);
    long begun = now_ms();
    struct wire wire = web ? enter_web() : enter();
    drip_bytes(&wire, text, length, pause, begun);
}

static void hello(long pause) {
    char text[GREETING];
    size_t length = greeting(text);
    long begun = now_ms();
    struct wire wire;
    if (!wire_connect(&wire, &source, &server))
        fail("nobody lets us in");
    drip_bytes(&wire, text, length, pause, begun);
}

static void upgrade(long pause) {
    long begun = now_ms();
    struct wire wire = enter();
    drip_bytes(&wire, handshake, sizeof handshake - 1, pause, begun);
}

/* The same bytes again and again, until he has said them `count` times or the server does not listen any more. */
static void repeat(const struct wire *wire, const char *bytes, size_t length, long count) {
    long said = 0;
    while (said < count && wire_write(wire, bytes, length) == (ssize_t)length)
        said++;
    bool closed = said < count || closed_within(wire, PATIENCE);
    printf("said %ld of %ld, %s\n", said, count, closed ? "closed" : "open");
}

static void head(long count) {
    static const char line[] = "X-Another: line\r\n";
    struct wire wire = enter();
    wire_write(&wire, handshake, sizeof handshake - 3);
    repeat(&wire, line, sizeof line - 1, count);
}

static void deaf(long count) {
    char text[TEXT];
    size_t length = request(text);
    struct wire wire = web ? enter_web() : enter();
    repeat(&wire, text, length, count);
}

static void pings(long count) {
    char text[TEXT], payload[PONG] = "";
    size_t length = frame(text, PING, payload, sizeof payload);
    struct wire wire = enter_web();
    repeat(&wire, text, length, count);
}

static void chat(long count) {
    char text[TEXT], pong[2 + PONG], payload[PONG] = "";
    size_t length = frame(text, PING, payload, sizeof payload), had = sizeof pong;
    struct wire wire = enter_web();
    long said = 0;
    while (said < count && had == sizeof pong && wire_write(&wire, text, length) == (ssize_t)length) {
        ssize_t got = 0;
        for (had = 0; had < sizeof pong && (got = wire_read(&wire, pong + had, sizeof pong - had)) > 0;)
            had += (size_t)got;
        said += had == sizeof pong;
    }
    printf("said %ld of %ld, %s\n", said, count, said < count ? "closed" : "open");
}

static void pieces(long count) {
    char text[TEXT];
    struct wire wire = enter_web();
    wire_write(&wire, text, frame(text, TEXT_BEGINS, "", 0));
    repeat(&wire, text, frame(text, CONTINUED, "", 0), count);
}

int main(int count, char **arguments) {
    static const struct {
        const char *name;
        void (*act)(long count);
    } kinds[] = {{"half", half},   {"shake", shake},     {"greet", greet},  {"drip", drip},
                 {"hello", hello}, {"upgrade", upgrade}, {"head", head},    {"deaf", deaf},
                 {"pings", pings}, {"chat", chat},       {"pieces", pieces}};
    if (count != 6)
        fail("usage: abuser KIND COUNT TRANSPORT SOURCE SERVER");
    signal(SIGPIPE, SIG_IGN); /* TLS knows no MSG_NOSIGNAL */
    web = arguments[3][0] == 'w';
    if (strcmp(arguments[3], "tls") == 0 || strcmp(arguments[3], "wss") == 0)
        context = wire_context();
    source = address_of(arguments[4]);
    server = address_of(arguments[5]);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(arguments[1], kinds[i].name) != 0)
            continue;
        kinds[i].act(atol(arguments[2]));
        fflush(stdout);
        pause();
    }
    fail("no such kind");
}
