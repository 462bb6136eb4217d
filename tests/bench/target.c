/* SPDX-License-Identifier: MIT */
/* A target that can be killed at any time: it knows nothing of a call but the 200 that it owes, so that the next
 * process at its address can hang up the calls that this one has answered. An INVITE gets 180 at once and 200 after
 * DELAY ms, a CANCEL 481, as who gives up a call here gives up one of a process that is dead, anything else but an ACK
 * 200.
 *
 * target udp|tcp ADDRESS:PORT CONTACT DELAY */
#include "tests/bench/party.h"

enum { CONNECTIONS = 32, OWED = 4096 };

/* A 200 that is due. As all wait equally long, the oldest is the next. */
static struct owed {
    int64_t due;
    unsigned line, life; /* its line, and which of the connections that this was */
    struct sockaddr_in peer;
    char *text;
} owed[OWED];
static unsigned owed_first, owed_end;

static struct line lines[CONNECTIONS];
static unsigned lives[CONNECTIONS];
static const char *contact;
static int64_t delay; /* ms */

/* Repeats the headers of `request` that a response has (RFC 3261 8.2.6.2, 12.1.1). */
static void respond(char text[MESSAGE], const char *status, const char *request) {
    static const char *const names[] = {"Via:", "From:", "To:", "Call-ID:", "CSeq:", "Record-Route:"};
    size_t used = (size_t)snprintf(text, MESSAGE, "SIP/2.0 %s\r\n", status);
    for (const char *at = strstr(request, "\r\n") + 2; *at != '\r'; at = strstr(at, "\r\n") + 2) {
        int length = (int)strcspn(at, "\r");
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (strncmp(at, names[i], strlen(names[i])) == 0)
                used += (size_t)snprintf(text + used, MESSAGE - used, "%.*s%s\r\n", length, at,
                                         i == 2 && !memmem(at, (size_t)length, ";tag=", 5) ? ";tag=b" : "");
        if (used >= MESSAGE / 2)
            fail("target: a request is longer than any of these should be");
    }
    snprintf(text + used, MESSAGE - used, "Contact: <%s>\r\nContent-Length: 0\r\n\r\n", contact);
}

static void owe(unsigned line, const char *text) {
    if (owed_end - owed_first == OWED)
        fail("target: too many calls at a time");
    owed[owed_end++ % OWED] = (struct owed){now_ms() + delay, line, lives[line], lines[line].peer, strdup(text)};
}

static void pay(void) {
    for (; owed_first != owed_end && owed[owed_first % OWED].due <= now_ms(); owed_first++) {
        struct owed *next = &owed[owed_first % OWED];
        struct line *line = &lines[next->line];
        if (line->fd >= 0 && lives[next->line] == next->life) {
            line->peer = next->peer;
            line_send(line, next->text);
        }
        free(next->text);
    }
}

static void answer(unsigned line, const char *request) {
    char text[MESSAGE];
    bool invite = strncmp(request, "INVITE ", 7) == 0;
    if (strncmp(request, "ACK ", 4) == 0 || strncmp(request, "SIP/", 4) == 0)
        return;
    respond(text,
            invite                                ? "180 Ringing"
            : strncmp(request, "CANCEL ", 7) == 0 ? "481 Call/Transaction Does Not Exist"
                                                  : "200 OK",
            request);
    line_send(&lines[line], text);
    if (invite) {
        respond(text, "200 OK", request);
        owe(line, text);
    }
}

static void hear(unsigned line) {
    char text[MESSAGE];
    bool open = line_read(&lines[line]);
    while (line_next(&lines[line], text))
        answer(line, text);
    if (!open) {
        close(lines[line].fd);
        lines[line].fd = -1;
    }
}

static void accept_one(int listener) {
    unsigned line = 0;
    while (line < CONNECTIONS && lines[line].fd >= 0)
        line++;
    if (line == CONNECTIONS)
        fail("target: too many connections");
    lines[line].fd = accept(listener, NULL, NULL);
    lines[line].stream = true;
    lines[line].held = 0;
    lives[line]++;
    setsockopt(lines[line].fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

int main(int count, char **arguments) {
    if (count != 5)
        fail("usage: target udp|tcp ADDRESS:PORT CONTACT DELAY");
    bool stream = strcmp(arguments[1], "tcp") == 0;
    struct sockaddr_in address = address_of(arguments[2]);
    contact = arguments[3];
    delay = atoi(arguments[4]);
    int fd = socket(AF_INET, stream ? SOCK_STREAM : SOCK_DGRAM, 0);
    if (stream)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 || (stream && listen(fd, CONNECTIONS) < 0))
        fail("target: cannot use this address");
    for (unsigned i = 0; i < CONNECTIONS; i++)
        lines[i].fd = -1;
    if (!stream)
        lines[0].fd = fd;
    for (;;) {
        struct pollfd ready[CONNECTIONS + 1] = {{.fd = stream ? fd : -1, .events = POLLIN}};
        for (unsigned i = 0; i < CONNECTIONS; i++)
            ready[i + 1] = (struct pollfd){.fd = lines[i].fd, .events = POLLIN};
        poll(ready, CONNECTIONS + 1, owed_first == owed_end ? -1 : 5 /* ms */);
        for (unsigned i = 0; i < CONNECTIONS; i++)
            if (ready[i + 1].revents)
                hear(i);
        if (ready[0].revents)
            accept_one(fd);
        pay();
    }
}
