/* SPDX-License-Identifier: MIT */
#include "runtime/net/console.h"

#include "runtime/net/console_ask.h"
#include "tests/unit/net/support/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

enum { LINES = 20000 };

struct desk {
    struct loop *loop;
    struct log log;
    struct console *console;
    int said; /* what was logged */
    unsigned questions;
};

static char socket_file[96];

static void answer(void *context, struct slice question, struct line *line) {
    struct desk *desk = context;
    desk->questions++;
    if (slice_equal(question, SLICE("echo")))
        line_add(line, SLICE("{\"a\":1}\n{\"b\":2}\n"));
    for (unsigned i = 0; slice_equal(question, SLICE("much")) && i < LINES; i++)
        line_add(line, SLICE("{\"a line\":\"that is as long as one about a destination may be, and a bit longer\"}\n"));
}

static void on_child(void *context) {
    struct desk *desk = context;
    loop_stop(desk->loop);
}

static struct desk *open_desk(void) {
    struct desk *desk = calloc(1, sizeof *desk);
    make_directory();
    snprintf(socket_file, sizeof socket_file, "%s/control", directory);
    char name[] = "/tmp/fov-log-XXXXXX";
    desk->said = mkstemp(name);
    cr_assert_geq(desk->said, 0);
    unlink(name);
    log_open(&desk->log, desk->said, LOG_INFO);
    desk->loop = loop_new();
    cr_assert_not_null(desk->loop);
    cr_assert_eq(loop_signal(desk->loop, SIGCHLD, on_child, desk), 0);
    cr_assert_eq(console_open(&desk->console, directory, desk->loop, &desk->log, answer, desk), 0);
    return desk;
}

static void close_desk(struct desk *desk) {
    console_close(desk->console);
    loop_free(desk->loop);
    close(desk->said);
    unlink(socket_file);
    remove_directory();
    free(desk);
}

static bool has_said(struct desk *desk, const char *text) {
    char bytes[4096];
    ssize_t length = pread(desk->said, bytes, sizeof bytes - 1, 0);
    bytes[length > 0 ? length : 0] = '\0';
    return strstr(bytes, text) != NULL;
}

static int count_line(void *context, struct slice line) {
    unsigned *count = context;
    ++*count;
    return line.len > 1 && line.at[0] == '{' ? 0 : -EBADMSG;
}

/* In a process of its own; its exit status is 0 when that is what came. */
static void ask(const char *question, int wanted, unsigned lines) {
    if (fork() == 0) {
        unsigned count = 0;
        int result = console_ask(directory, question, count_line, &count);
        _exit(result == wanted && count == lines ? 0 : 1);
    }
}

static void serve(struct desk *desk) {
    int status = 1;
    loop_run(desk->loop);
    cr_assert_gt(waitpid(-1, &status, 0), 0);
    cr_expect_eq(status, 0);
}

static int connect_to_it(void) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    strcpy(name.sun_path, socket_file);
    cr_assert_eq(connect(fd, (struct sockaddr *)&name, sizeof name), 0);
    return fd;
}

Test(console, answers_a_question, .timeout = 20) {
    struct desk *desk = open_desk();
    ask("echo", 0, 2);
    serve(desk);
    ask("much", 0, LINES);
    serve(desk);
    cr_expect_eq(desk->questions, 2);
    close_desk(desk);
}

Test(console, says_nothing_to_what_it_does_not_know, .timeout = 20) {
    struct desk *desk = open_desk();
    ask("nonsense", -EPROTO, 0);
    serve(desk);
    ask("a question that is longer than any question to a server has a right to be", -EPROTO, 0);
    serve(desk);
    cr_expect_eq(desk->questions, 1);
    close_desk(desk);
}

Test(console, is_for_the_own_user_alone_from_the_moment_that_it_is_there) {
    struct desk *desk = open_desk();
    struct stat file;
    cr_assert_eq(stat(socket_file, &file), 0);
    cr_expect(S_ISSOCK(file.st_mode));
    cr_expect_eq(file.st_mode & 0777, 0600);
    close_desk(desk);
}

Test(console, those_who_only_wait_keep_nobody_out, .timeout = 20) {
    struct desk *desk = open_desk();
    int idle[3 * CONSOLE_CLIENTS];
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i += CONSOLE_CLIENTS) {
        for (size_t j = i; j < i + CONSOLE_CLIENTS; j++)
            idle[j] = connect_to_it();
        ask("echo", 0, 2);
        serve(desk);
    }
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
        close(idle[i]);
    close_desk(desk);
}

Test(console, a_client_that_goes_while_it_is_answered_leaves_nothing, .timeout = 20) {
    struct desk *desk = open_desk();
    int fd = connect_to_it();
    cr_assert_eq(send(fd, "much\n", 5, 0), 5);
    shutdown(fd, SHUT_RD);
    close(fd);
    ask("echo", 0, 2);
    serve(desk);
    close_desk(desk);
}

Test(console, without_descriptors_a_client_is_turned_away, .timeout = 20) {
    struct desk *desk = open_desk();
    struct rlimit limit, less;
    getrlimit(RLIMIT_NOFILE, &limit);
    int next = dup(0);
    cr_assert_geq(next, 0);
    ask("echo", -EPROTO, 0);
    less = limit;
    close(next);
    less.rlim_cur = (rlim_t)next;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &less), 0);
    serve(desk);
    setrlimit(RLIMIT_NOFILE, &limit);
    ask("echo", 0, 2);
    serve(desk);
    close_desk(desk);
}

Test(console, what_a_killed_server_left_behind_is_replaced, .timeout = 20) {
    struct desk *desk = open_desk();
    struct console *other;
    cr_assert_eq(console_open(&other, directory, desk->loop, &desk->log, answer, desk), 0);
    cr_expect_null(other, "one that still answers is not");
    cr_expect(has_said(desk, "event=no-control"));
    char kept[128];
    snprintf(kept, sizeof kept, "%s.kept", socket_file);
    cr_assert_eq(link(socket_file, kept), 0); /* as if it had not been removed at the end */
    console_close(desk->console);
    cr_assert_eq(rename(kept, socket_file), 0);
    cr_assert_eq(console_open(&desk->console, directory, desk->loop, &desk->log, answer, desk), 0);
    cr_assert_not_null(desk->console);
    ask("echo", 0, 2);
    serve(desk);
    close_desk(desk);
}

Test(console, somebody_elses_file_is_left_alone) {
    struct desk *desk = open_desk();
    console_close(desk->console);
    close(open(socket_file, O_CREAT | O_WRONLY, 0600));
    cr_assert_eq(console_open(&desk->console, directory, desk->loop, &desk->log, answer, desk), 0);
    cr_expect_null(desk->console);
    cr_expect_eq(access(socket_file, F_OK), 0);
    close_desk(desk);
}

Test(console, who_asks_hears_that_nobody_is_there) {
    struct desk *desk = open_desk();
    unsigned count = 0;
    console_close(desk->console);
    desk->console = NULL;
    cr_expect_eq(console_ask(directory, "echo", count_line, &count), -ENOENT);
    cr_expect_eq(
        console_ask("/a/name/that/is/longer/than/the/name/of/a/socket/may/be/since/the/days/of/4.2BSD/when/it/was/"
                    "made/of/108/bytes",
                    "echo", count_line, &count),
        -ENAMETOOLONG);
    close_desk(desk);
}
