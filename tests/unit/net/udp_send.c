/* SPDX-License-Identifier: MIT */
/* Sending when the kernel does not take everything: sendmmsg stands here and takes what the test tells it to. */
#define _GNU_SOURCE /* sendmmsg */
#include "runtime/net/udp.h"

#include "grammar/causes.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static struct {
    int answers[16]; /* how many it takes of what it is shown; negative: -errno */
    unsigned calls;
    char taken[64]; /* the first byte of each datagram taken, in order */
    size_t count;
} kernel;

int sendmmsg(int fd, struct mmsghdr *shown, unsigned count, int flags) {
    int answer = kernel.answers[kernel.calls++];
    (void)fd;
    cr_assert(flags & MSG_DONTWAIT);
    if (answer < 0) {
        errno = -answer;
        return -1;
    }
    if ((unsigned)answer > count)
        answer = (int)count;
    for (int i = 0; i < answer; i++)
        kernel.taken[kernel.count++] = *(const char *)shown[i].msg_hdr.msg_iov->iov_base;
    return answer;
}

static unsigned failed;
static enum cause failed_cause;
static char failed_byte;
static struct udp_listener *listener;

static void note_failed(void *context, const struct udp_failure *failure) {
    (void)context;
    failed++;
    failed_cause = failure->cause;
    failed_byte = failure->quoted.at[0];
}

static struct endpoint local_end(void) {
    struct endpoint endpoint = {.transport = TRANSPORT_UDP};
    cr_assert(ip_parse(&endpoint.ip, SLICE("127.0.0.1")));
    return endpoint;
}

/* A datagram for each letter. */
static void queue(const char *letters) {
    struct endpoint here = local_end();
    for (; *letters; letters++)
        cr_assert(udp_queue(listener, &here, &here, (struct slice){letters, 1}));
}

static void start(const char *letters) {
    const struct udp_events events = {.failed = note_failed};
    struct endpoint here = local_end();
    cr_assert_eq(udp_open(&listener, &here, &events), 0);
    queue(letters);
}

enum { ALL = 1000 };

Test(udp_send, what_the_kernel_did_not_take_of_a_batch_is_shown_again) {
    start("abcdef");
    kernel.answers[0] = 2;
    kernel.answers[1] = 1;
    kernel.answers[2] = ALL;
    cr_expect_eq(udp_flush(listener), UDP_EMPTY);
    cr_expect_str_eq(kernel.taken, "abcdef");
    cr_expect_eq(kernel.calls, 3);
    udp_close(listener);
}

Test(udp_send, a_full_buffer_keeps_the_rest_in_order_until_there_is_room) {
    start("abc");
    kernel.answers[0] = 1;
    kernel.answers[1] = -EAGAIN;
    cr_expect_eq(udp_flush(listener), UDP_BLOCKED);
    cr_expect(udp_pending(listener));
    queue("de");
    kernel.answers[2] = ALL;
    kernel.answers[3] = ALL;
    cr_expect_eq(udp_flush(listener), UDP_EMPTY);
    cr_expect_str_eq(kernel.taken, "abcde");
    cr_expect_eq(failed, 0);
    udp_close(listener);
}

Test(udp_send, an_interface_without_room_loses_one_datagram_and_fails_no_target) {
    start("abc");
    kernel.answers[0] = 1;
    kernel.answers[1] = -ENOBUFS;
    kernel.answers[2] = ALL;
    cr_expect_eq(udp_flush(listener), UDP_EMPTY);
    cr_expect_str_eq(kernel.taken, "ac");
    cr_expect_eq(failed, 0);
    cr_expect_eq(udp_losses(listener).sent, 1);
    udp_close(listener);
}

Test(udp_send, an_error_that_stays_is_the_datagrams_own_and_the_next_one_leaves) {
    start("abc");
    kernel.answers[0] = 1;
    for (unsigned i = 1; i <= 8; i++)
        kernel.answers[i] = -EPERM; /* a firewall */
    kernel.answers[9] = ALL;
    cr_expect_eq(udp_flush(listener), UDP_EMPTY);
    cr_expect_str_eq(kernel.taken, "ac");
    cr_expect_eq(failed, 1);
    cr_expect(failed_cause == CAUSE_UNREACHABLE && failed_byte == 'b');
    cr_expect_eq(udp_losses(listener).sent, 0);
    udp_close(listener);
}

Test(udp_send, an_error_of_another_datagram_or_a_signal_loses_nothing) {
    start("ab");
    kernel.answers[0] = -ECONNREFUSED;
    kernel.answers[1] = -EINTR;
    kernel.answers[2] = ALL;
    cr_expect_eq(udp_flush(listener), UDP_EMPTY);
    cr_expect_str_eq(kernel.taken, "ab");
    cr_expect_eq(failed, 0);
    udp_close(listener);
}
