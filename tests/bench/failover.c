/* SPDX-License-Identifier: MIT */
/* Measures a failover from outside: caller, first and second target in one process, fovrun between
 * them. What is measured ends when the second target has the INVITE; where it begins, `kinds` says.
 * Calls come one after another, those of the silent kind all together.
 *
 * failover KIND SERVER FIRST SECOND CALLS TIMER
 *   addresses as ADDRESS:PORT, the targets' as the plan has them; TIMER in ms */
#include "tests/live/place.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 4096, WAIT = 2000 };

static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int socket_at(const struct sockaddr_in *address) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)address, sizeof *address) < 0)
        fail("cannot bind a party's address");
    return fd;
}

static int listener_at(const struct sockaddr_in *address) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, (const struct sockaddr *)address, sizeof *address) < 0 || listen(fd, 8) < 0)
        fail("cannot listen at a party's address");
    return fd;
}

static void await(int fd) {
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    if (poll(&ready, 1, WAIT) != 1) /* ms */
        fail("nothing came in time");
}

/* The next datagram, as a string, with its source. */
static void hear(int fd, char text[SIZE], struct sockaddr_in *from) {
    socklen_t length = sizeof *from;
    await(fd);
    ssize_t got = recvfrom(fd, text, SIZE - 1, 0, (struct sockaddr *)from, &length);
    text[got > 0 ? got : 0] = '\0';
}

/* Until a message begins with `line` and holds `call_id`. */
static void hear_line(int fd, const char *line, const char *call_id, char text[SIZE], struct sockaddr_in *from) {
    do
        hear(fd, text, from);
    while (strncmp(text, line, strlen(line)) != 0 || !strstr(text, call_id));
}

/* Copies the header lines of `request` that a response repeats (RFC 3261 8.2.6.2), Record-Route
 * too. */
static size_t copy_headers(char *out, size_t size, const char *request) {
    static const char *const names[] = {"Via:", "From:", "To:", "Call-ID:", "CSeq:", "Record-Route:"};
    size_t used = 0;
    for (const char *line = strstr(request, "\r\n"); line && line[2] != '\r'; line = strstr(line + 2, "\r\n")) {
        const char *end = strstr(line + 2, "\r\n");
        for (size_t i = 0; end && i < sizeof names / sizeof names[0]; i++)
            if (strncmp(line + 2, names[i], strlen(names[i])) == 0)
                used += (size_t)snprintf(out + used, size - used, "%.*s%s\r\n", (int)(end - line - 2), line + 2,
                                         i == 2 && !strstr(line, ";tag=b") ? ";tag=b" : "");
    }
    return used;
}

static void answer(int fd, const char *status, const char *request, const struct sockaddr_in *to) {
    char text[SIZE];
    size_t length = (size_t)snprintf(text, sizeof text, "SIP/2.0 %s\r\n", status);
    length += copy_headers(text + length, sizeof text - length, request);
    length += (size_t)snprintf(text + length, sizeof text - length,
                               "Contact: <sip:b@127.0.0.1>\r\nContent-Length: 0\r\n\r\n");
    sendto(fd, text, length, 0, (const struct sockaddr *)to, sizeof *to);
}

static void invite(int fd, unsigned call, const char *call_id, const struct sockaddr_in *server) {
    char text[SIZE], ip[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &server->sin_addr, ip, sizeof ip);
    int length = snprintf(text, sizeof text,
                          "INVITE sip:100@%s:%u SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK%s-%u\r\n"
                          "From: <sip:a@127.0.0.1>;tag=a%u\r\nTo: <sip:100@%s>\r\nCall-ID: %s\r\nCSeq: 1 INVITE\r\n"
                          "Contact: <sip:a@127.0.0.1>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                          ip, ntohs(server->sin_port), call_id, call, call, ip, call_id);
    sendto(fd, text, (size_t)length, 0, (const struct sockaddr *)server, sizeof *server);
}

/* Takes a connection and the INVITE of `call_id` on it, and resets it. When it did that. */
static int64_t reset_after_invite(int listener, const char *call_id) {
    const struct linger at_once = {.l_onoff = 1}; /* close() sends an RST */
    char text[SIZE] = "";
    size_t length = 0;
    await(listener);
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
        fail("cannot take a connection");
    while (!strstr(text, "\r\n\r\n")) {
        await(fd);
        ssize_t got = recv(fd, text + length, sizeof text - 1 - length, 0);
        if (got <= 0)
            fail("a connection ended before its INVITE had come");
        length += (size_t)got;
        text[length] = '\0';
    }
    if (strncmp(text, "INVITE ", 7) != 0 || !strstr(text, call_id) ||
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) < 0)
        fail("the connection does not bring the INVITE");
    int64_t now = now_us();
    close(fd);
    return now;
}

static int by_size(const void *a, const void *b) {
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* What the first target is here: a UDP socket, a TCP listener, or none of this process. */
enum first { FIRST_DATAGRAMS, FIRST_LISTENER, FIRST_NONE };

static const struct kind {
    const char *name, *says;
    enum first first;
} kinds[] = {
    /* From the 503 that leaves the first target. */
    {"refuse", "503 from the first target", FIRST_DATAGRAMS},
    /* From the RST that leaves it. */
    {"reset", "RST after the INVITE (TCP)", FIRST_LISTENER},
    /* From the end of the plan's timer, counted from the INVITE at the first target. */
    {"silent", "first target silent, over the timer", FIRST_DATAGRAMS},
    /* From the caller's INVITE that leaves. Nobody listens at the first target, */
    {"closed", "closed port (ICMP)", FIRST_NONE},
    {"refused", "closed port (TCP)", FIRST_NONE},
    /* no route leads there, */
    {"unreachable", "no route", FIRST_NONE},
    {"unreachable-tcp", "no route (TCP)", FIRST_NONE},
    /* it is a name that does not exist, another one for each call, */
    {"nameless", "no such name", FIRST_NONE},
    /* or, over TLS, another process that shows the certificate of somebody else. */
    {"identity", "wrong certificate", FIRST_NONE},
};

struct bench {
    const struct kind *kind;
    struct sockaddr_in server;
    int caller, first, second; /* sockets; first: -1 when not ours */
    unsigned calls;
    int64_t timer; /* us */
    int64_t *times;
};

static void name_call(char call_id[64], unsigned call) {
    snprintf(call_id, 64, "bench-%ld-%u", (long)getpid(), call);
}

/* One call after another. */
static void measure_failures(struct bench *bench) {
    char text[SIZE], call_id[64];
    struct sockaddr_in from;
    for (unsigned call = 0; call < bench->calls; call++) {
        name_call(call_id, call);
        int64_t start = now_us();
        invite(bench->caller, call, call_id, &bench->server);
        if (bench->kind->first == FIRST_LISTENER)
            start = reset_after_invite(bench->first, call_id);
        if (bench->kind->first == FIRST_DATAGRAMS) {
            hear_line(bench->first, "INVITE ", call_id, text, &from);
            start = now_us();
            answer(bench->first, "503 Service Unavailable", text, &from);
        }
        hear_line(bench->second, "INVITE ", call_id, text, &from);
        bench->times[call] = now_us() - start;
        answer(bench->second, "200 OK", text, &from);
        hear_line(bench->caller, "SIP/2.0 200", call_id, text, &from);
    }
}

/* The call that a message belongs to; `calls` for none of ours. */
static unsigned call_of(const char *text, unsigned calls) {
    const char *id = strstr(text, "Call-ID: bench-");
    unsigned call;
    return id && sscanf(id, "Call-ID: bench-%*d-%u", &call) == 1 && call < calls ? call : calls;
}

/* An INVITE at the first target starts the timer of its call, one at the second ends it. True: it
 * was the first that came there. */
static bool note_silent(struct bench *bench, int fd, int64_t *begun) {
    char text[SIZE];
    struct sockaddr_in from;
    hear(fd, text, &from);
    unsigned call = call_of(text, bench->calls);
    if (fd == bench->caller || call == bench->calls || strncmp(text, "INVITE ", 7) != 0)
        return false;
    if (fd == bench->first && !begun[call])
        begun[call] = now_us();
    if (fd != bench->second || bench->times[call])
        return false;
    bench->times[call] = now_us() - begun[call] - bench->timer;
    answer(fd, "200 OK", text, &from);
    return true;
}

static void measure_silence(struct bench *bench) {
    int64_t *begun = calloc(bench->calls, sizeof *begun);
    char call_id[64];
    unsigned sent = 0, ended = 0;
    if (!begun)
        fail("out of memory");
    while (ended < bench->calls) {
        struct pollfd ready[] = {{.fd = bench->first, .events = POLLIN},
                                 {.fd = bench->second, .events = POLLIN},
                                 {.fd = bench->caller, .events = POLLIN}};
        /* A call each millisecond, so that the timers do not end in one heap. */
        int happened = poll(ready, 3, sent < bench->calls ? 1 : 2 * WAIT + (int)(bench->timer / 1000));
        if (happened == 0 && sent == bench->calls)
            fail("nothing came in time");
        if (happened == 0) {
            name_call(call_id, sent);
            invite(bench->caller, sent++, call_id, &bench->server);
        }
        for (unsigned i = 0; i < 3; i++)
            if (ready[i].revents)
                ended += note_silent(bench, ready[i].fd, begun);
    }
    free(begun);
}

static void print_times(const struct bench *bench) {
    qsort(bench->times, bench->calls, sizeof *bench->times, by_size);
    printf("%u calls, %-36s p50 %.3f ms, p99 %.3f ms, longest %.3f ms\n", bench->calls, bench->kind->says,
           (double)bench->times[bench->calls / 2] / 1e3, (double)bench->times[bench->calls * 99 / 100] / 1e3,
           (double)bench->times[bench->calls - 1] / 1e3);
}

static const struct kind *kind_named(const char *name) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    fail("no such kind");
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 7)
        fail("usage: failover KIND SERVER FIRST SECOND CALLS TIMER");
    struct sockaddr_in anywhere = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in first = address_of(arguments[3]), second = address_of(arguments[4]);
    struct bench bench = {.kind = kind_named(arguments[1]),
                          .server = address_of(arguments[2]),
                          .caller = socket_at(&anywhere),
                          .second = socket_at(&second),
                          .calls = (unsigned)atoi(arguments[5]),
                          .timer = (int64_t)atoi(arguments[6]) * 1000};
    switch (bench.kind->first) {
    case FIRST_DATAGRAMS: bench.first = socket_at(&first); break;
    case FIRST_LISTENER: bench.first = listener_at(&first); break;
    case FIRST_NONE: bench.first = -1; break;
    }
    bench.times = calloc(bench.calls ? bench.calls : 1, sizeof *bench.times);
    if (!bench.calls || !bench.times)
        fail("no calls to make");
    if (strcmp(bench.kind->name, "silent") == 0)
        measure_silence(&bench);
    else
        measure_failures(&bench);
    print_times(&bench);
    free(bench.times);
    return 0;
}
