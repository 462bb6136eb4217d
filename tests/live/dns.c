/* SPDX-License-Identifier: MIT */
/* The name server of the live stories: dns ADDRESS PORT ZONE (dns_zone.h) answers over UDP and TCP until it is killed.
 * Each question is a line on standard output. */
#include "tests/live/dns_zone.h"

#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LATER_MAX = 64 };

static struct later { /* an answer that is delayed */
    struct zone_reply reply;
    struct sockaddr_in to;
    uint64_t due;
} later[LATER_MAX];
static unsigned later_count;

static uint64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void say(const struct zone_reply *reply) {
    puts(reply->question);
    fflush(stdout);
}

static void serve_udp(int fd) {
    uint8_t bytes[ZONE_MESSAGE];
    struct later *next = &later[later_count < LATER_MAX ? later_count : 0];
    socklen_t size = sizeof next->to;
    ssize_t length = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&next->to, &size);
    if (length <= 0)
        return;
    zone_answer(&next->reply, bytes, (size_t)length, false);
    say(&next->reply);
    next->due = now_ms() + next->reply.delay;
    if (next->reply.length && later_count < LATER_MAX)
        later_count++;
}

static int send_due(int fd) {
    uint64_t now = now_ms(), wait = 1000;
    for (unsigned i = 0; i < later_count;) {
        if (later[i].due > now) {
            wait = later[i].due - now < wait ? later[i].due - now : wait;
            i++;
            continue;
        }
        sendto(fd, later[i].reply.bytes, later[i].reply.length, 0, (struct sockaddr *)&later[i].to, sizeof later[i].to);
        later[i] = later[--later_count];
    }
    return (int)wait;
}

/* One question for each connection. */
static void serve_tcp(int listener) {
    int fd = accept(listener, NULL, NULL);
    uint8_t bytes[ZONE_MESSAGE], size[2];
    struct zone_reply reply;
    if (fd < 0)
        return;
    if (recv(fd, size, 2, MSG_WAITALL) == 2) {
        size_t length = (size_t)size[0] << 8 | size[1];
        if (length <= sizeof bytes && recv(fd, bytes, length, MSG_WAITALL) == (ssize_t)length) {
            zone_answer(&reply, bytes, length, true);
            say(&reply);
            size[0] = (uint8_t)(reply.length >> 8);
            size[1] = (uint8_t)reply.length;
            if (reply.length && send(fd, size, 2, MSG_NOSIGNAL | MSG_MORE) == 2)
                send(fd, reply.bytes, reply.length, MSG_NOSIGNAL);
        }
    }
    close(fd);
}

int main(int count, char **arguments) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    char line[1024];
    FILE *zone = count == 4 ? fopen(arguments[3], "r") : NULL;
    if (!zone || inet_pton(AF_INET, arguments[1], &address.sin_addr) != 1) {
        fputs("usage: dns ADDRESS PORT ZONE\n", stderr);
        return 2;
    }
    while (fgets(line, sizeof line, zone))
        zone_add(line);
    fclose(zone);
    address.sin_port = htons((uint16_t)atoi(arguments[2]));
    int udp = socket(AF_INET, SOCK_DGRAM, 0), tcp = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(tcp, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(tcp, (struct sockaddr *)&address, sizeof address) || listen(tcp, 16) ||
        bind(udp, (struct sockaddr *)&address, sizeof address)) {
        perror("dns");
        return 1;
    }
    for (;;) {
        struct pollfd ready[] = {{.fd = udp, .events = POLLIN}, {.fd = tcp, .events = POLLIN}};
        poll(ready, 2, send_due(udp));
        if (ready[0].revents)
            serve_udp(udp);
        if (ready[1].revents)
            serve_tcp(tcp);
        send_due(udp);
    }
}
