/* SPDX-License-Identifier: MIT */
/* What a browser's SIP does with the network, for a SIPp that plays the phone in it: datagrams from SIPp leave as
 * messages of a WebSocket, and those that come on it go to SIPp (RFC 7118). One message each, and nothing in them is
 * touched.
 *
 * browser ws|wss INSIDE SERVER [ORIGIN]    as ADDRESS:PORT, IPv4: where SIPp sends to, and where the WebSocket is
 *                                          opened, for a page of that origin. Prints what the server answers to the
 *                                          handshake, and runs until the server closes it. Whose certificate it is
 *                                          does not matter here. */
#include "tests/live/place.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wslay/wslay.h>

enum { SIZE = 65536 };

struct browser {
    int datagrams, stream;
    SSL *tls;                 /* on the stream; NULL: in clear */
    struct sockaddr_in phone; /* who was heard last */
};

static ssize_t stream_read(const struct browser *browser, void *bytes, size_t size) {
    return browser->tls ? SSL_read(browser->tls, bytes, (int)size) : recv(browser->stream, bytes, size, 0);
}

static ssize_t stream_write(const struct browser *browser, const void *bytes, size_t length) {
    return browser->tls ? SSL_write(browser->tls, bytes, (int)length)
                        : send(browser->stream, bytes, length, MSG_NOSIGNAL);
}

static void add_tls(struct browser *browser) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    browser->tls = context ? SSL_new(context) : NULL;
    if (!browser->tls || SSL_set_fd(browser->tls, browser->stream) != 1 || SSL_connect(browser->tls) != 1)
        fail("no TLS with the server");
}

static void shake_hands(const struct browser *browser, const char *origin) {
    char text[2048];
    size_t used = 0;
    int length =
        snprintf(text, sizeof text,
                 "GET / HTTP/1.1\r\nHost: fov.example\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
                 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                 "Sec-WebSocket-Protocol: sip\r\n%s%s%s\r\n",
                 origin ? "Origin: " : "", origin ? origin : "", origin ? "\r\n" : "");
    if (stream_write(browser, text, (size_t)length) != length)
        fail("the handshake does not leave");
    while (used < sizeof text - 1 && stream_read(browser, text + used, 1) == 1) {
        text[++used] = '\0';
        if (used >= 4 && strcmp(text + used - 4, "\r\n\r\n") == 0)
            break;
    }
    printf("%.*s\n", (int)strcspn(text, "\r"), text);
    fflush(stdout);
    if (!strstr(text, " 101 ") || !strstr(text, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
        exit(1);
}

static ssize_t on_wanted(struct wslay_event_context *frames, uint8_t *buffer, size_t size, int flags, void *context) {
    const struct browser *browser = context;
    ssize_t length = stream_read(browser, buffer, size);
    (void)flags;
    if (length == 0 || (browser->tls && length < 0 && SSL_get_error(browser->tls, (int)length) != SSL_ERROR_WANT_READ))
        exit(0);
    if (length < 0)
        wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
    return length;
}

static ssize_t on_leaving(struct wslay_event_context *frames, const uint8_t *bytes, size_t length, int flags,
                          void *context) {
    const struct browser *browser = context;
    (void)frames, (void)flags;
    return stream_write(browser, bytes, length);
}

static int on_mask(struct wslay_event_context *frames, uint8_t *buffer, size_t size, void *context) {
    (void)frames, (void)context;
    memset(buffer, 0x55, size);
    return 0;
}

static void on_message(struct wslay_event_context *frames, const struct wslay_event_on_msg_recv_arg *message,
                       void *context) {
    const struct browser *browser = context;
    (void)frames;
    if (!wslay_is_ctrl_frame(message->opcode))
        sendto(browser->datagrams, message->msg, message->msg_length, 0, (const struct sockaddr *)&browser->phone,
               sizeof browser->phone);
}

static void forward(struct browser *browser, struct wslay_event_context *frames) {
    static uint8_t datagram[SIZE];
    socklen_t length = sizeof browser->phone;
    ssize_t got =
        recvfrom(browser->datagrams, datagram, sizeof datagram, 0, (struct sockaddr *)&browser->phone, &length);
    const struct wslay_event_msg message = {WSLAY_TEXT_FRAME, datagram, got > 0 ? (size_t)got : 0};
    if (got > 0 && (wslay_event_queue_msg(frames, &message) || wslay_event_send(frames)))
        fail("a message does not leave");
}

int main(int count, char **arguments) {
    static const struct wslay_event_callbacks callbacks = {.recv_callback = on_wanted,
                                                           .send_callback = on_leaving,
                                                           .genmask_callback = on_mask,
                                                           .on_msg_recv_callback = on_message};
    struct wslay_event_context *frames;
    if (count != 4 && count != 5)
        fail("usage: browser ws|wss INSIDE SERVER [ORIGIN]");
    struct sockaddr_in inside = address_of(arguments[2]), server = address_of(arguments[3]), own = inside;
    struct browser browser = {.datagrams = socket(AF_INET, SOCK_DGRAM, 0), .stream = socket(AF_INET, SOCK_STREAM, 0)};
    own.sin_port = 0;
    if (bind(browser.datagrams, (struct sockaddr *)&inside, sizeof inside) < 0 ||
        bind(browser.stream, (struct sockaddr *)&own, sizeof own) < 0)
        fail("cannot bind an address");
    if (connect(browser.stream, (struct sockaddr *)&server, sizeof server) < 0)
        fail("cannot connect to the server");
    if (strcmp(arguments[1], "wss") == 0)
        add_tls(&browser);
    shake_hands(&browser, count == 5 ? arguments[4] : NULL);
    fcntl(browser.stream, F_SETFL, O_NONBLOCK);
    if (wslay_event_context_client_init(&frames, &callbacks, &browser))
        fail("out of memory");
    struct pollfd fds[] = {{.fd = browser.datagrams, .events = POLLIN}, {.fd = browser.stream, .events = POLLIN}};
    while (poll(fds, 2, -1) > 0 && wslay_event_get_read_enabled(frames)) {
        if (fds[0].revents)
            forward(&browser, frames);
        if (fds[1].revents && (wslay_event_recv(frames) || wslay_event_send(frames)))
            fail("the server breaks the protocol");
    }
    return 0;
}
