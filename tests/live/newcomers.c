/* SPDX-License-Identifier: MIT */
/* Callers who have never been here: each opens a connection (over TLS with a handshake of its own; over UDP it takes a
 * new socket), calls, hangs up when it is answered and leaves. One after the other, PAUSE ms between them. Says how
 * long they waited from their first step until it rang; fails when somebody is not answered, or waits longer than LIMIT
 * ms.
 *
 * newcomers COUNT PAUSE LIMIT udp|tcp|tls SOURCE SERVER     SOURCE an ADDRESS:0 */
#include "tests/bench/party.h"
#include "tests/live/wire.h"

enum { PATIENCE = 10000 /* ms */, REPEAT = 500 };

static struct sockaddr_in source, server;
static SSL_CTX *context; /* NULL: in clear */
static bool datagrams;
static const char *transport;

struct caller {
    struct wire wire;
    struct line line; /* its buffer alone */
    unsigned number;
    char *request; /* repeated over UDP until something comes */
};

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static bool enter(struct caller *caller) {
    if (!datagrams)
        return wire_connect(&caller->wire, &source, &server) && (!context || wire_secure(&caller->wire, context));
    caller->wire.fd = socket(AF_INET, SOCK_DGRAM, 0);
    return bind(caller->wire.fd, (const struct sockaddr *)&source, sizeof source) == 0 &&
           connect(caller->wire.fd, (const struct sockaddr *)&server, sizeof server) == 0;
}

static void say(struct caller *caller, const char *method, const char *uri, const char *to, const char *routes) {
    char text[MESSAGE];
    int length = snprintf(text, sizeof text,
                          "%s %s SIP/2.0\r\nVia: SIP/2.0/%s newcomer.invalid;rport;branch=z9hG4bK%ld-%u-%s\r\n%s"
                          "From: <sip:newcomer@newcomer.invalid>;tag=a%u\r\nTo: %s\r\nCall-ID: newcomer-%ld-%u\r\n"
                          "CSeq: %d %s\r\nContact: <sip:newcomer@newcomer.invalid>\r\nMax-Forwards: 70\r\n"
                          "Content-Length: 0\r\n\r\n",
                          method, uri, transport, (long)getpid(), caller->number, method, routes, caller->number, to,
                          (long)getpid(), caller->number, method[0] == 'B' ? 2 : 1, method);
    wire_write(&caller->wire, text, (size_t)length);
    free(caller->request);
    caller->request = strdup(text);
}

/* The next response, of this CSeq; 0: none comes. */
static unsigned hear(struct caller *caller, const char *cseq, char text[MESSAGE]) {
    unsigned code;
    int64_t end = now_ms() + PATIENCE;
    while (now_ms() < end) {
        struct pollfd ready = {.fd = caller->wire.fd, .events = POLLIN};
        if (line_next(&caller->line, text)) {
            if (strstr(text, cseq) && sscanf(text, "SIP/2.0 %u", &code) == 1)
                return code;
            continue;
        }
        if (!(caller->wire.tls && SSL_pending(caller->wire.tls)) && poll(&ready, 1, REPEAT) == 0) {
            if (datagrams)
                wire_write(&caller->wire, caller->request, strlen(caller->request));
            continue;
        }
        ssize_t got = wire_read(&caller->wire, caller->line.buffer + caller->line.held, BUFFER - 1 - caller->line.held);
        if (got <= 0)
            return 0;
        caller->line.held += (size_t)got;
    }
    return 0;
}

static bool hang_up(struct caller *caller, const char *answer) {
    char uri[MESSAGE / 4], to[MESSAGE / 4], routes[MESSAGE / 2], text[MESSAGE];
    message_value(uri, sizeof uri, answer, "\r\nContact: ", true);
    message_value(to, sizeof to, answer, "\r\nTo: ", false);
    message_routes(routes, answer);
    say(caller, "ACK", uri, to, routes);
    say(caller, "BYE", uri, to, routes);
    return hear(caller, "\r\nCSeq: 2 ", text) == 200;
}

/* µs; negative: it was not answered. */
static double call(unsigned number) {
    static struct caller caller;
    char text[MESSAGE];
    caller = (struct caller){.number = number, .wire.fd = -1};
    double begun = now_us(), waited = -1;
    unsigned code = 100;
    if (enter(&caller))
        say(&caller, "INVITE", "sip:100@fov.example", "<sip:100@fov.example>", "");
    while (caller.request && code >= 100 && code < 200) {
        code = hear(&caller, "\r\nCSeq: 1 INVITE", text);
        if (code > 100 && waited < 0)
            waited = now_us() - begun;
    }
    if (code != 200 || !hang_up(&caller, text)) {
        printf("caller %u: %u\n", number, code);
        waited = -1;
    }
    free(caller.request);
    wire_reset(&caller.wire);
    return waited;
}

static int by_size(const void *a, const void *b) {
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

int main(int count, char **arguments) {
    if (count != 7)
        fail("usage: newcomers COUNT PAUSE LIMIT udp|tcp|tls SOURCE SERVER");
    unsigned callers = (unsigned)atoi(arguments[1]), unanswered = 0;
    double *waits = calloc(callers ? callers : 1, sizeof *waits);
    datagrams = strcmp(arguments[4], "udp") == 0;
    context = strcmp(arguments[4], "tls") == 0 ? wire_context() : NULL;
    transport = datagrams ? "UDP" : context ? "TLS" : "TCP";
    source = address_of(arguments[5]);
    server = address_of(arguments[6]);
    if (!callers || !waits)
        fail("nobody to call");
    for (unsigned i = 0; i < callers; i++) {
        waits[i] = call(i);
        unanswered += waits[i] < 0;
        poll(NULL, 0, atoi(arguments[2]));
    }
    qsort(waits, callers, sizeof *waits, by_size);
    double longest = waits[callers - 1] / 1e3;
    printf("%u callers over %s: unanswered %u, p50 %.1f ms, p99 %.1f ms, longest %.1f ms\n", callers, transport,
           unanswered, waits[callers / 2] / 1e3, waits[callers * 99 / 100] / 1e3, longest);
    SSL_CTX_free(context);
    free(waits);
    return unanswered || longest > atoi(arguments[3]);
}
