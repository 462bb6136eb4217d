/* SPDX-License-Identifier: MIT */
/* What the parties of the chaos and soak measurements share: a line, which is a UDP socket or one connection, and
 * messages without bodies on it. */
#ifndef FOV_TESTS_BENCH_PARTY_H
#define FOV_TESTS_BENCH_PARTY_H

#include "tests/live/place.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE = 4096, BUFFER = 64 * 1024 };

struct line {
    int fd; /* -1: closed */
    bool stream;
    struct sockaddr_in peer; /* the source of the last datagram, or where they go */
    size_t held;
    char buffer[BUFFER];
};

static inline int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static inline void line_send(const struct line *line, const char *text) {
    if (line->stream)
        send(line->fd, text, strlen(text), MSG_NOSIGNAL);
    else
        sendto(line->fd, text, strlen(text), 0, (const struct sockaddr *)&line->peer, sizeof line->peer);
}

/* Reads what is there; false: the connection has ended. */
static inline bool line_read(struct line *line) {
    socklen_t length = sizeof line->peer;
    if (line->stream) {
        ssize_t got = recv(line->fd, line->buffer + line->held, BUFFER - 1 - line->held, 0);
        line->held += got > 0 ? (size_t)got : 0;
        return got > 0;
    }
    ssize_t got = recvfrom(line->fd, line->buffer, BUFFER - 1, 0, (struct sockaddr *)&line->peer, &length);
    line->held = got > 0 ? (size_t)got : 0;
    return true;
}

/* Takes the next whole message out of the buffer, as a string. */
static inline bool line_next(struct line *line, char text[MESSAGE]) {
    while (line->held && (line->buffer[0] == '\r' || line->buffer[0] == '\n')) /* keep-alives (RFC 5626 3.5.1) */
        memmove(line->buffer, line->buffer + 1, --line->held);
    line->buffer[line->held] = '\0';
    const char *end = strstr(line->buffer, "\r\n\r\n");
    if (!end)
        return false;
    size_t length = (size_t)(end + 4 - line->buffer);
    if (length >= MESSAGE)
        fail("a message is longer than any of these should be");
    memcpy(text, line->buffer, length);
    text[length] = '\0';
    line->held -= length;
    memmove(line->buffer, line->buffer + length, line->held);
    return true;
}

/* The value of a header line, or what stands between angle brackets in it. */
static inline void message_value(char *out, size_t size, const char *text, const char *name, bool brackets) {
    const char *at = strstr(text, name);
    at = at ? at + strlen(name) : "";
    at = brackets && strchr(at, '<') ? strchr(at, '<') + 1 : at;
    snprintf(out, size, "%.*s", (int)strcspn(at, brackets ? ">" : "\r"), at);
}

/* The route set of a 2xx, its Record-Route from the last line to the first (RFC 3261 12.1.2). */
static inline void message_routes(char out[MESSAGE / 2], const char *text) {
    out[0] = '\0';
    for (const char *at = strstr(text, "\r\nRecord-Route: "); at; at = strstr(at + 2, "\r\nRecord-Route: ")) {
        char rest[MESSAGE / 2];
        snprintf(rest, sizeof rest, "%s", out);
        snprintf(out, MESSAGE / 2, "Route: %.*s\r\n%.1024s", (int)strcspn(at + 16, "\r"), at + 16, rest);
    }
}

#endif
