/* SPDX-License-Identifier: MIT */
/* A storm of REGISTERs, each of another user, at a steady rate; nothing is repeated. Prints how many were answered and
 * how long that took, and writes the names of those who got a 200 to a file, one on a line.
 *
 * registrations SERVER FIRST COUNT RATE FILE
 *   SERVER as ADDRESS:PORT; users are uFIRST and so on; RATE in requests a second */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 2048, LAST_WAIT = 2 * 1000 * 1000, BUFFER = 8 << 20 };

struct storm {
    int fd;
    const char *server;
    unsigned first, count, rate, sent, answered, others;
    int64_t start, *sent_at, *took; /* us; took: 0 until a 200 has come */
};

static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void fail(const char *what) {
    fprintf(stderr, "registrations: %s\n", what);
    exit(1);
}

static int connected(const char *text) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    char ip[32];
    unsigned port;
    int size = BUFFER, fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (sscanf(text, "%31[0-9.]:%u", ip, &port) != 2 || inet_pton(AF_INET, ip, &address.sin_addr) != 1)
        fail("an address is ADDRESS:PORT");
    address.sin_port = htons((uint16_t)port);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) < 0)
        fail("cannot connect");
    return fd;
}

static void send_one(struct storm *storm) {
    char text[SIZE];
    unsigned i = storm->sent++, user = storm->first + i;
    int length = snprintf(text, sizeof text,
                          "REGISTER sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bK-%u-%d\r\n"
                          "From: <sip:u%u@%s>;tag=a%u\r\nTo: <sip:u%u@%s>\r\nCall-ID: %u@bench\r\nCSeq: %u REGISTER\r\n"
                          "Contact: <sip:u%u@127.0.0.1:9>\r\nExpires: 3600\r\nMax-Forwards: 70\r\n"
                          "Content-Length: 0\r\n\r\n",
                          storm->server, user, (int)getpid(), user, storm->server, user, user, storm->server, user,
                          (unsigned)(storm->start / 1000000 % 1000000), user);
    storm->sent_at[i] = now_us();
    ssize_t sent = send(storm->fd, text, (size_t)length, 0); /* lost where nobody listens, like any datagram */
    (void)sent;
}

static void hear_all(struct storm *storm) {
    char text[SIZE];
    ssize_t got;
    while ((got = recv(storm->fd, text, sizeof text - 1, MSG_DONTWAIT)) > 0) {
        text[got] = '\0';
        const char *call = strstr(text, "\r\nCall-ID: ");
        unsigned user = call ? (unsigned)strtoul(call + 11, NULL, 10) : 0, i = user - storm->first;
        if (strncmp(text, "SIP/2.0 200 ", 12) != 0 || !call || i >= storm->count || storm->took[i]) {
            storm->others++;
            continue;
        }
        storm->took[i] = now_us() - storm->sent_at[i] + 1;
        storm->answered++;
    }
}

static void run(struct storm *storm) {
    int64_t last = 0;
    storm->start = now_us();
    while (storm->sent < storm->count || (storm->answered < storm->count && now_us() < last + LAST_WAIT)) {
        int64_t due = (now_us() - storm->start) * storm->rate / 1000000;
        while (storm->sent < storm->count && storm->sent < due)
            send_one(storm);
        if (storm->sent < storm->count)
            last = now_us();
        struct pollfd ready = {.fd = storm->fd, .events = POLLIN};
        poll(&ready, 1, 1);
        hear_all(storm);
    }
}

static int order(const void *a, const void *b) {
    const int64_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

static void tell(struct storm *storm, const char *file) {
    FILE *out = fopen(file, "w");
    if (!out)
        fail("cannot write the file");
    for (unsigned i = 0; i < storm->count; i++)
        if (storm->took[i])
            fprintf(out, "u%u\n", storm->first + i);
    if (fclose(out) != 0)
        fail("cannot write the file");
    qsort(storm->took, storm->count, sizeof *storm->took, order);
    const int64_t *took = storm->took + (storm->count - storm->answered);
    printf("%u REGISTERs at %u/s: %u answered, %u other messages", storm->count, storm->rate, storm->answered,
           storm->others);
    if (storm->answered)
        printf("; ms: p50 %.1f, p99 %.1f, most %.1f", (double)took[storm->answered / 2] / 1e3,
               (double)took[(uint64_t)storm->answered * 99 / 100] / 1e3, (double)took[storm->answered - 1] / 1e3);
    putchar('\n');
}

int main(int count, char **arguments) {
    if (count != 6)
        fail("usage: registrations SERVER FIRST COUNT RATE FILE");
    struct storm storm = {.server = arguments[1],
                          .first = (unsigned)atoi(arguments[2]),
                          .count = (unsigned)atoi(arguments[3]),
                          .rate = (unsigned)atoi(arguments[4])};
    storm.fd = connected(arguments[1]);
    storm.sent_at = calloc(storm.count + 1, sizeof *storm.sent_at);
    storm.took = calloc(storm.count + 1, sizeof *storm.took);
    if (!storm.sent_at || !storm.took)
        fail("out of memory");
    run(&storm);
    tell(&storm, arguments[5]);
    free(storm.sent_at);
    free(storm.took);
    close(storm.fd);
    return 0;
}
