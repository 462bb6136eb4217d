/* SPDX-License-Identifier: MIT */
#include "runtime/net/console_ask.h"

#include "runtime/net/console_name.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { LINE = 1 << 16, PATIENCE = 10 /* s */ };

static int send_question(int fd, const char *question) {
    const struct slice parts[] = {slice_of(question), SLICE("\n")};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (struct slice rest = parts[i]; rest.len;) {
            ssize_t sent = send(fd, rest.at, rest.len, MSG_NOSIGNAL);
            if (sent < 0 && errno == EPIPE)
                return -EPROTO;
            if (sent < 0 && errno != EINTR)
                return -errno;
            rest = slice_from(rest, sent > 0 ? (size_t)sent : 0);
        }
    return 0;
}

/* Gives away the whole lines in `text`; *used: bytes of them. */
static int read_lines(struct slice text, size_t *used, console_reader *reader, void *context) {
    int result = 0;
    *used = 0;
    for (size_t ends; !result && (ends = slice_find(text, *used, '\n')) < text.len; *used = ends + 1)
        result = reader(context, slice_cut(text, *used, ends));
    return result;
}

static int read_answer(int fd, char text[LINE], console_reader *reader, void *context) {
    size_t length = 0, used;
    bool any = false;
    for (;;) {
        ssize_t got = recv(fd, text + length, LINE - length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno == ECONNRESET && !any ? -EPROTO : -errno;
        if (got == 0)
            return any && length == 0 ? 0 : -EPROTO;
        any = true;
        length += (size_t)got;
        int result = read_lines((struct slice){text, length}, &used, reader, context);
        if (result)
            return result;
        length -= used;
        memmove(text, text + used, length);
        if (length == LINE)
            return -ENOBUFS;
    }
}

int console_ask(const char *directory, const char *question, console_reader *reader, void *context) {
    const struct timeval patience = {.tv_sec = PATIENCE};
    struct sockaddr_un name;
    int result = console_name(&name, directory);
    if (result)
        return result;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) < 0 ||
        connect(fd, (const struct sockaddr *)&name, sizeof name) < 0)
        result = -errno;
    if (!result)
        result = send_question(fd, question);
    char *text = result ? NULL : malloc(LINE);
    if (!result)
        result = text ? read_answer(fd, text, reader, context) : -ENOMEM;
    free(text);
    close(fd);
    return result;
}
