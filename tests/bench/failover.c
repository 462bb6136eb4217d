/* SPDX-License-Identifier: MIT */
/* Measures a failover from outside: caller, first and second target in one process, fovrun between
 * them. The time is what passes from the moment the first target's failure leaves (a 503), or from
 * the caller's INVITE when nobody listens there (ICMP), until the second target has the next
 * INVITE. Calls one after another.
 *
 * failover refuse|closed SERVER FIRST SECOND CALLS        FIRST and SECOND: ADDRESS:PORT as the
 * plan has them */
#include <arpa/inet.h>
#include <netinet/in.h>
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

static uint64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void fail(const char *what) {
    fprintf(stderr, "failover: %s\n", what);
    exit(1);
}

static struct sockaddr_in address_of(const char *text) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    char ip[32];
    unsigned port;
    if (sscanf(text, "%31[0-9.]:%u", ip, &port) != 2 ||
        inet_pton(AF_INET, ip, &address.sin_addr) != 1)
        fail("an address is ADDRESS:PORT");
    address.sin_port = htons((uint16_t)port);
    return address;
}

static int socket_at(const struct sockaddr_in *address) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)address, sizeof *address) < 0)
        fail("cannot bind a party's address");
    return fd;
}

/* The next datagram, as a string, with its source. */
static void hear(int fd, char text[SIZE], struct sockaddr_in *from) {
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    socklen_t length = sizeof *from;
    if (poll(&ready, 1, WAIT) != 1)
        fail("nothing came in time");
    ssize_t got = recvfrom(fd, text, SIZE - 1, 0, (struct sockaddr *)from, &length);
    text[got > 0 ? got : 0] = '\0';
}

/* Until a message begins with `line` and holds `call_id`. */
static void hear_line(int fd, const char *line, const char *call_id, char text[SIZE],
                      struct sockaddr_in *from) {
    do
        hear(fd, text, from);
    while (strncmp(text, line, strlen(line)) != 0 || !strstr(text, call_id));
}

/* Copies the header lines of `request` that a response repeats (RFC 3261 8.2.6.2), Record-Route
 * too. */
static size_t copy_headers(char *out, size_t size, const char *request) {
    static const char *const names[] = {
        "Via:", "From:", "To:", "Call-ID:", "CSeq:", "Record-Route:"};
    size_t used = 0;
    for (const char *line = strstr(request, "\r\n"); line && line[2] != '\r';
         line = strstr(line + 2, "\r\n")) {
        const char *end = strstr(line + 2, "\r\n");
        for (size_t i = 0; end && i < sizeof names / sizeof names[0]; i++)
            if (strncmp(line + 2, names[i], strlen(names[i])) == 0)
                used +=
                    (size_t)snprintf(out + used, size - used, "%.*s%s\r\n", (int)(end - line - 2),
                                     line + 2, i == 2 && !strstr(line, ";tag=b") ? ";tag=b" : "");
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
    int length = snprintf(
        text, sizeof text,
        "INVITE sip:100@%s:%u SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK%s-%u\r\n"
        "From: <sip:a@127.0.0.1>;tag=a%u\r\nTo: <sip:100@%s>\r\nCall-ID: %s\r\nCSeq: 1 INVITE\r\n"
        "Contact: <sip:a@127.0.0.1>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
        ip, ntohs(server->sin_port), call_id, call, call, ip, call_id);
    sendto(fd, text, (size_t)length, 0, (const struct sockaddr *)server, sizeof *server);
}

static int by_size(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

int main(int count, char **arguments) {
    if (count != 6)
        fail("usage: failover refuse|closed SERVER FIRST SECOND CALLS");
    bool refuse = strcmp(arguments[1], "refuse") == 0;
    struct sockaddr_in server = address_of(arguments[2]), first = address_of(arguments[3]),
                       second = address_of(arguments[4]);
    struct sockaddr_in anywhere = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}},
                       from;
    unsigned calls = (unsigned)atoi(arguments[5]);
    int caller = socket_at(&anywhere), at_first = refuse ? socket_at(&first) : -1,
        at_second = socket_at(&second);
    uint64_t *times = calloc(calls ? calls : 1, sizeof *times), start;
    char text[SIZE], call_id[64];
    if (!calls || !times)
        fail("no calls to make");
    for (unsigned call = 0; call < calls; call++) {
        snprintf(call_id, sizeof call_id, "bench-%ld-%u", (long)getpid(), call);
        start = now_us();
        invite(caller, call, call_id, &server);
        if (refuse) {
            hear_line(at_first, "INVITE ", call_id, text, &from);
            start = now_us();
            answer(at_first, "503 Service Unavailable", text, &from);
        }
        hear_line(at_second, "INVITE ", call_id, text, &from);
        times[call] = now_us() - start;
        answer(at_second, "200 OK", text, &from);
        hear_line(caller, "SIP/2.0 200", call_id, text, &from);
    }
    qsort(times, calls, sizeof *times, by_size);
    printf("%u calls, %s: p50 %.3f ms, p99 %.3f ms, longest %.3f ms\n", calls,
           refuse ? "503 from the first target" : "closed port at the first target",
           (double)times[calls / 2] / 1e3, (double)times[calls * 99 / 100] / 1e3,
           (double)times[calls - 1] / 1e3);
    free(times);
    return 0;
}
