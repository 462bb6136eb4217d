/* SPDX-License-Identifier: MIT */
/* Callers over several lines at once: call N comes over line N modulo their number and dials 100, 101 or 102. Each call
 * is an INVITE, an ACK for its 2xx, and a BYE at once; RATE of them are begun in a second. Says how they ended; fails
 * when an INVITE or a BYE has no final answer, or an INVITE waited longer than LIMIT.
 *
 * callers CALLS RATE LIMIT udp|tcp ADDRESS:PORT ...
 *   LIMIT in ms */
#include "tests/bench/party.h"

enum { LINES = 4, REPEAT = 500 /* ms between two UDP requests */, CODES = 700 };

struct call {
    int64_t begun, sent, waited; /* ms; `waited` from the INVITE to its final */
    short code, bye_code;        /* 0: none yet */
    bool heard;                  /* something came for its INVITE */
    char *bye;                   /* repeated until it is answered */
};

static struct line lines[LINES];
static struct call *calls;
static unsigned line_count, call_count, begun, ended, first_open;

static void request(char text[MESSAGE], const char *method, unsigned number, const char *uri, const char *to,
                    const char *routes) {
    struct line *line = &lines[number % line_count];
    snprintf(text, MESSAGE,
             "%s %s SIP/2.0\r\nVia: SIP/2.0/%s 127.0.0.1;rport;branch=z9hG4bK%ld-%u-%s\r\n%s"
             "From: <sip:a@127.0.0.1>;tag=a%u\r\nTo: %s\r\nCall-ID: chaos-%ld-%u\r\nCSeq: %d %s\r\n"
             "Contact: <sip:a@127.0.0.1>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
             method, uri, line->stream ? "TCP" : "UDP", (long)getpid(), number, method, routes, number, to,
             (long)getpid(), number, method[0] == 'B' ? 2 : 1, method);
}

static void invite(unsigned number) {
    char text[MESSAGE], uri[64];
    snprintf(uri, sizeof uri, "sip:10%u@127.0.0.1", number / line_count % 3);
    request(text, "INVITE", number, uri, "<sip:100@127.0.0.1>", "");
    line_send(&lines[number % line_count], text);
    calls[number].sent = now_ms();
    if (!calls[number].begun)
        calls[number].begun = calls[number].sent;
}

static void hang_up(unsigned number, const char *text) {
    char out[MESSAGE], uri[512], to[512], routes[MESSAGE / 2];
    message_value(uri, sizeof uri, text, "\r\nContact: ", true);
    message_value(to, sizeof to, text, "\r\nTo: ", false);
    message_routes(routes, text);
    request(out, "ACK", number, uri, to, routes);
    line_send(&lines[number % line_count], out);
    if (calls[number].bye)
        return;
    request(out, "BYE", number, uri, to, routes);
    calls[number].bye = strdup(out);
    calls[number].sent = now_ms();
    line_send(&lines[number % line_count], out);
}

/* RFC 3261 17.1.1.3. */
static void acknowledge(unsigned number, const char *text) {
    char out[MESSAGE], uri[64], to[512];
    snprintf(uri, sizeof uri, "sip:10%u@127.0.0.1", number / line_count % 3);
    message_value(to, sizeof to, text, "\r\nTo: ", false);
    request(out, "ACK", number, uri, to, "");
    char *branch = strstr(out, "-ACK\r\n");
    memmove(branch + 7, branch + 4, strlen(branch + 4) + 1);
    memcpy(branch, "-INVITE", 7);
    line_send(&lines[number % line_count], out);
}

static void take(const char *text) {
    const char *id = strstr(text, "Call-ID: chaos-"), *sequence = strstr(text, "CSeq: ");
    unsigned number, code;
    if (!id || !sequence || sscanf(id, "Call-ID: chaos-%*d-%u", &number) != 1 ||
        sscanf(text, "SIP/2.0 %u", &code) != 1 || number >= begun || code >= CODES)
        fail("callers: something came that is no response to us");
    struct call *call = &calls[number];
    call->heard = true;
    if (code < 200)
        return;
    if (strncmp(sequence, "CSeq: 2 ", 8) == 0) {
        ended += !call->bye_code;
        call->bye_code = (short)code;
        return;
    }
    if (!call->code) {
        call->code = (short)code;
        call->waited = now_ms() - call->begun;
        ended += code >= 300;
    }
    if (code < 300)
        hang_up(number, text);
    else
        acknowledge(number, text);
}

static bool over(const struct call *call) {
    return call->code >= 300 || call->bye_code;
}

/* Over UDP, what nobody has answered is said again. */
static void repeat(void) {
    int64_t now = now_ms();
    for (; first_open < begun && over(&calls[first_open]); first_open++)
        free(calls[first_open].bye);
    for (unsigned i = first_open; i < begun; i++) {
        struct call *call = &calls[i];
        if (lines[i % line_count].stream || over(call) || now - call->sent < REPEAT)
            continue;
        if (call->bye) {
            line_send(&lines[i % line_count], call->bye);
            call->sent = now;
        } else if (!call->heard)
            invite(i);
    }
}

static void hear(int wait_ms) {
    char text[MESSAGE];
    struct pollfd ready[LINES];
    for (unsigned i = 0; i < line_count; i++)
        ready[i] = (struct pollfd){.fd = lines[i].fd, .events = POLLIN};
    poll(ready, line_count, wait_ms);
    for (unsigned i = 0; i < line_count; i++) {
        if (!ready[i].revents)
            continue;
        if (!line_read(&lines[i]))
            fail("callers: the server has closed a connection");
        while (line_next(&lines[i], text))
            take(text);
    }
}

static void run(unsigned rate, int64_t limit) {
    int64_t start = now_ms();
    while (ended < call_count) {
        int64_t now = now_ms(), due = (now - start) * rate / 1000;
        for (; begun < call_count && begun < due; begun++)
            invite(begun);
        if (begun == call_count && now - calls[begun - 1].begun > limit + 40000 /* a BYE takes Timer F */)
            break;
        hear(2);
        repeat();
    }
    printf("%u calls in %.1f s", call_count, (double)(now_ms() - start) / 1000);
}

static int by_size(const void *a, const void *b) {
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static bool tell(int64_t limit) {
    unsigned codes[CODES] = {0}, bye_codes[CODES] = {0};
    int64_t *waits = calloc(call_count, sizeof *waits);
    if (!waits)
        fail("callers: out of memory");
    for (unsigned i = 0; i < call_count; i++) {
        codes[calls[i].code]++;
        bye_codes[calls[i].code >= 300 ? CODES - 1 : calls[i].bye_code]++;
        waits[i] = calls[i].waited;
    }
    printf(": without a final answer %u, BYEs without one %u; finals", codes[0], bye_codes[0] - codes[0]);
    for (unsigned i = 200; i < CODES; i++)
        if (codes[i])
            printf(" %u of %u", codes[i], i);
    qsort(waits, call_count, sizeof *waits, by_size);
    printf("; waited p50 %ld ms, p99 %ld ms, longest %ld ms\n", (long)waits[call_count / 2],
           (long)waits[call_count * 99 / 100], (long)waits[call_count - 1]);
    bool good = !bye_codes[0] && waits[call_count - 1] <= limit;
    free(waits);
    return good;
}

int main(int count, char **arguments) {
    if (count < 6 || count % 2 || count > 4 + 2 * LINES)
        fail("usage: callers CALLS RATE LIMIT udp|tcp ADDRESS:PORT ...");
    call_count = (unsigned)atoi(arguments[1]);
    calls = calloc(call_count ? call_count : 1, sizeof *calls);
    if (!call_count || !calls)
        fail("callers: no calls to make");
    for (int i = 4; i < count; i += 2) {
        struct line *line = &lines[line_count++];
        line->stream = strcmp(arguments[i], "tcp") == 0;
        line->peer = address_of(arguments[i + 1]);
        line->fd = socket(AF_INET, line->stream ? SOCK_STREAM : SOCK_DGRAM, 0);
        if (connect(line->fd, (const struct sockaddr *)&line->peer, sizeof line->peer) < 0)
            fail("callers: cannot reach the server");
        setsockopt(line->fd, SOL_SOCKET, SO_RCVBUF, &(int){1 << 20}, sizeof(int));
    }
    run((unsigned)atoi(arguments[2]), atoi(arguments[3]));
    bool good = tell(atoi(arguments[3]));
    free(calls);
    return !good;
}
