/* SPDX-License-Identifier: MIT */
#include "runtime/control/password.h"

#include "runtime/control/control.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

struct slice password_text(const struct password *password) {
    return (struct slice){password->bytes, password->length};
}

void password_wipe(struct password *password) {
    explicit_bzero(password, sizeof *password);
}

const char *password_fault(struct slice text) {
    if (text.len == 0)
        return "the password is empty";
    if (text.len > PASSWORD_MAX)
        return "the password is too long: 512 bytes at most";
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f)
            return "the password has a control character";
    return NULL;
}

/* Up to the end of the line, byte by byte: what stands behind it is for somebody else. -errno. */
static int read_line(int fd, struct password *password) {
    password->length = 0;
    while (password->length <= PASSWORD_MAX) {
        char *byte = &password->bytes[password->length];
        ssize_t got = read(fd, byte, 1);
        if (got < 0)
            return -errno;
        if (got == 0 || *byte == '\n')
            break;
        password->length++;
    }
    if (password->length && password->bytes[password->length - 1] == '\r')
        password->length--;
    return 0;
}

static int judge(const struct password *password) {
    const char *fault = password_fault(password_text(password));
    return fault ? control_fail(CONTROL_WRONG, "%s", fault) : CONTROL_FINE;
}

/* A signal ends the reading, so that the terminal gets its echo back. */
static void interrupt(int number) {
    (void)number;
}

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
enum { SIGNALS = sizeof signals / sizeof *signals };

static int ask_silently(struct password *password, const char *question) {
    struct termios before, silent;
    struct sigaction action = {.sa_handler = interrupt}, old[SIGNALS];
    if (tcgetattr(STDIN_FILENO, &before) < 0)
        return -errno;
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    for (unsigned i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &action, &old[i]);
    fputs(question, stderr);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    int result = read_line(STDIN_FILENO, password);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
    for (unsigned i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &old[i], NULL);
    return result;
}

static int ask_twice(struct password *password) {
    struct password again;
    int result = ask_silently(password, "Password: ");
    if (!result && judge(password) != CONTROL_FINE)
        return CONTROL_WRONG;
    if (!result)
        result = ask_silently(&again, "Again: ");
    if (result)
        return control_fail(CONTROL_READ, "no password was given: %s", strerror(-result));
    bool same = slice_equal(password_text(password), password_text(&again));
    password_wipe(&again);
    return same ? CONTROL_FINE : control_fail(CONTROL_WRONG, "the two passwords differ");
}

int password_read(struct password *password, const char *file) {
    *password = (struct password){.length = 0};
    if (!file && isatty(STDIN_FILENO))
        return ask_twice(password);
    int fd = file ? open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY) : STDIN_FILENO;
    int result = fd < 0 ? -errno : read_line(fd, password);
    if (file && fd >= 0)
        close(fd);
    if (result)
        return control_fail(CONTROL_READ, "cannot read %s: %s", file ? file : "standard input", strerror(-result));
    return judge(password);
}
