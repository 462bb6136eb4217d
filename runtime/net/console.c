/* SPDX-License-Identifier: MIT */
#include "runtime/net/console.h"

#include "runtime/net/console_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct client {
    struct console *console; /* NULL: this place is free */
    int fd;
    struct loop_watch *question, *room;
    char text[CONSOLE_QUESTION];
    size_t length; /* of the question so far */
    struct arena arena;
    struct slice answer; /* what is left of it */
    uint64_t number;     /* counts up */
};

struct console {
    int fd;
    int spare; /* a descriptor to give up when there is no other: so that a client can be turned away */
    struct sockaddr_un name;
    struct loop *loop;
    struct loop_watch *watch;
    struct log *log;
    console_answer *answer;
    void *context;
    struct client clients[CONSOLE_CLIENTS];
    uint64_t number;
};

static void end(struct client *client) {
    if (!client->console)
        return;
    loop_forget(client->question);
    loop_forget(client->room);
    arena_free(&client->arena);
    close(client->fd);
    memset(client, 0, sizeof *client);
}

/* What fits now. */
static void send_some(struct client *client) {
    while (client->answer.len) {
        ssize_t sent = send(client->fd, client->answer.at, client->answer.len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (sent < 0)
            break;
        client->answer = slice_from(client->answer, (size_t)sent);
    }
    end(client);
}

static void on_room(void *context) {
    send_some(context);
}

static void give_answer(struct client *client, struct slice question) {
    struct console *console = client->console;
    struct line line;
    line_init(&line, &client->arena);
    console->answer(console->context, question, &line);
    client->answer = line.failed ? SLICE_EMPTY : line_slice(&line);
    loop_sleep(client->question);
    loop_wake(client->room);
    send_some(client);
}

static void on_question(void *context) {
    struct client *client = context;
    ssize_t got = recv(client->fd, client->text + client->length, sizeof client->text - client->length, 0);
    if (got < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
        return;
    client->length += got > 0 ? (size_t)got : 0;
    struct slice text = {client->text, client->length};
    size_t ends = slice_find(text, 0, '\n');
    if (ends < text.len)
        give_answer(client, slice_cut(text, 0, ends));
    else if (got <= 0 || client->length == sizeof client->text)
        end(client);
}

/* The mode of the file keeps others out already, but for the time between its making and whatever somebody does to
 * it. */
static bool is_trusted(int fd) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && (peer.uid == 0 || peer.uid == geteuid());
}

static struct client *make_room(struct console *console) {
    struct client *first = &console->clients[0];
    for (unsigned i = 0; i < CONSOLE_CLIENTS; i++) {
        struct client *client = &console->clients[i];
        if (!client->console)
            return client;
        if (client->number < first->number)
            first = client;
    }
    end(first);
    return first;
}

static void welcome(struct console *console, int fd) {
    struct client *client = make_room(console);
    *client = (struct client){.console = console, .fd = fd, .number = ++console->number};
    arena_init(&client->arena, NULL, 0, CONSOLE_ANSWER);
    client->question = loop_read(console->loop, fd, on_question, client);
    client->room = client->question ? loop_write(console->loop, fd, on_room, client) : NULL;
    if (!client->room)
        end(client);
}

/* A client that waits for want of descriptors would wake the loop for ever. */
static void turn_away(struct console *console) {
    close(console->spare);
    int fd = accept4(console->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        close(fd);
    console->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void on_client(void *context) {
    struct console *console = context;
    int fd = accept4(console->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE)
            turn_away(console);
        return;
    }
    if (is_trusted(fd)) {
        welcome(console, fd);
        return;
    }
    log_printf(console->log, LOG_WARNING, "event=control-refused");
    close(fd);
}

/* A server that has ended badly leaves the file behind. One that still answers keeps it. */
static int take_name(int fd, const struct sockaddr_un *name) {
    struct stat file;
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0)
        return -errno;
    bool alive = connect(probe, (const struct sockaddr *)name, sizeof *name) == 0 || errno == EAGAIN;
    bool stale = !alive && errno == ECONNREFUSED && lstat(name->sun_path, &file) == 0 && S_ISSOCK(file.st_mode);
    close(probe);
    if (alive)
        return -EADDRINUSE;
    if (stale)
        unlink(name->sun_path);
    return fchmod(fd, 0600) < 0 || bind(fd, (const struct sockaddr *)name, sizeof *name) < 0 ? -errno : 0;
}

static int listen_there(struct console *console, const char *directory) {
    int result = console_name(&console->name, directory);
    if (result)
        return result;
    console->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (console->fd < 0)
        return -errno;
    result = take_name(console->fd, &console->name);
    if (result) {
        close(console->fd);
        console->fd = -1;
        return result;
    }
    console->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return console->spare < 0 || listen(console->fd, CONSOLE_CLIENTS) < 0 ? -errno : 0;
}

int console_open(struct console **out, const char *directory, struct loop *loop, struct log *log,
                 console_answer *answer, void *context) {
    char text[256];
    struct console *console = *out = calloc(1, sizeof *console);
    if (!console)
        return -ENOMEM;
    *console = (struct console){.fd = -1, .spare = -1, .loop = loop, .log = log, .answer = answer, .context = context};
    int result = listen_there(console, directory);
    if (!result)
        console->watch = loop_read(loop, console->fd, on_client, console);
    if (!result && !console->watch)
        result = -ENOMEM;
    if (!result)
        return 0;
    console_close(console);
    *out = NULL;
    if (result == -ENOMEM)
        return result;
    log_printf(log, LOG_WARNING,
               "event=no-control directory=%s error=\"%s\" consequence=\"fovctl cannot ask this server\"",
               log_value(slice_of(directory), text, sizeof text), strerror(-result));
    return 0;
}

void console_close(struct console *console) {
    if (!console)
        return;
    for (unsigned i = 0; i < CONSOLE_CLIENTS; i++)
        end(&console->clients[i]);
    loop_forget(console->watch);
    if (console->fd >= 0) {
        unlink(console->name.sun_path);
        close(console->fd);
    }
    if (console->spare >= 0)
        close(console->spare);
    free(console);
}
