/* SPDX-License-Identifier: MIT */
#include "runtime/net/connection.h"

#include "runtime/net/stream_set.h"
#include "runtime/net/tcp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINGER = 2000 /* ms that a connection which we close stays for its last bytes */ };

/* Its end. */

static void lose(struct connection *connection, enum cause cause) {
    if (connection->state == CONNECTION_LOST)
        return;
    connection->streams->counts.unsecured += connection->state == CONNECTION_SECURING;
    connection->state = CONNECTION_LOST;
    connection->cause = cause;
    stream_set_forget(connection);
    stream_set_wait(connection);
}

/* Has something begun that is not complete? A WebSocket owes its handshake from the start. */
static bool waits(const struct connection *connection) {
    if (!connection->web)
        return stream_waits(&connection->framing);
    return websocket_waits(connection->web) || !websocket_open(connection->web);
}

/* Nobody can open it again but its other end. One of ours ends when nothing is said, whatever pings come. */
static bool is_kept(const struct connection *connection) {
    return connection->web && !connection->opened;
}

static void deadline_fires(struct timer *timer, uint64_t now);

static void wait_until(struct connection *connection, uint64_t due) {
    uint64_t now = loop_now();
    timer_set(connection->streams->timers, &connection->deadline, now, due > now ? (uint32_t)(due - now) : 0,
              deadline_fires);
}

/* Half of the time for a WebSocket that has come to us, which is asked once before it is given up. */
static void wait_idly(struct connection *connection) {
    uint32_t idle = connection->streams->limits.idle;
    uint64_t due = connection->said + (is_kept(connection) ? idle / 2 : idle);
    if (connection->state == CONNECTION_OPEN && !waits(connection))
        wait_until(connection, due);
}

static void keep_open(struct connection *connection) {
    connection->said = loop_now();
    wait_idly(connection);
}

/* Pages cannot make their browsers send a keep-alive when there is nothing to say; but browsers answer pings. */
static bool ask(struct connection *connection) {
    bool asked = connection->state == CONNECTION_OPEN && is_kept(connection) && !connection->asked &&
                 !websocket_waits(connection->web) && websocket_ping(connection->web);
    connection->asked |= asked;
    if (asked)
        keep_open(connection);
    return asked;
}

/* Messages that have waited long enough for it to be open go, while others wait on. False: none does. */
static bool expire(struct connection *connection) {
    const struct stream_events *events = &connection->streams->events;
    struct backlog *backlog = &connection->backlog;
    uint64_t now = loop_now();
    if (connection->patience <= now || backlog_last_due(backlog) <= now)
        return false;
    for (struct backlog_message *message; (message = backlog_take(backlog, now)); free(message))
        events->expired(events->context, &connection->remote, (struct slice){message->bytes, message->length});
    stream_set_weigh(connection);
    uint64_t due = backlog_first_due(backlog);
    wait_until(connection, due < connection->patience ? due : connection->patience);
    return true;
}

static void deadline_fires(struct timer *timer, uint64_t now) {
    struct connection *connection =
        (struct connection *)(void *)((char *)timer - offsetof(struct connection, deadline));
    (void)now;
    bool opening = connection_is_opening(connection);
    if (opening ? expire(connection) : ask(connection))
        return;
    if (!opening && connection->state != CONNECTION_CLOSING)
        connection->streams->counts.timed_out++;
    lose(connection, opening ? CAUSE_CONNECT_TIMEOUT : CAUSE_RESET);
}

/* Our side first, so that the last bytes are read before the system says that nobody reads theirs (RFC 1122
 * 4.2.2.13). */
static void shut(struct connection *connection) {
    if (connection->state != CONNECTION_CLOSING || outbox_waiting(&connection->out).len)
        return;
    if (connection->tls)
        tls_close(connection->tls);
    shutdown(connection->fd, SHUT_WR);
}

static void close_softly(struct connection *connection) {
    connection->state = CONNECTION_CLOSING;
    stream_set_forget(connection);
    stream_set_wait(connection);
    wait_until(connection, loop_now() + LINGER);
}

/* The socket, or TLS on it. */

static ssize_t read_bytes(struct connection *connection, char *bytes, size_t size) {
    return connection->tls ? tls_read(connection->tls, bytes, size) : recv(connection->fd, bytes, size, 0);
}

static ssize_t write_bytes(struct connection *connection, const char *bytes, size_t length) {
    return connection->tls ? tls_write(connection->tls, bytes, length)
                           : send(connection->fd, bytes, length, MSG_NOSIGNAL);
}

/* Reading or writing has failed for good. */
static void break_off(struct connection *connection) {
    lose(connection, connection->tls ? tls_cause(connection->tls) : CAUSE_RESET);
}

/* What waits to leave. */

static void add_bytes(struct connection *connection, struct slice bytes) {
    if (outbox_add(&connection->out, bytes))
        stream_set_wait(connection);
    else
        lose(connection, CAUSE_LOCAL_LIMIT);
    stream_set_weigh(connection);
}

static void hold(struct connection *connection, struct slice message, uint64_t until) {
    uint64_t due = until ? until : UINT64_MAX;
    if (!backlog_add(&connection->backlog, message, due))
        lose(connection, CAUSE_LOCAL_LIMIT);
    else if (due < connection->deadline.due)
        wait_until(connection, due);
}

void connection_queue(struct connection *connection, struct slice message, uint64_t until) {
    if (!stream_set_has_room(connection, message.len))
        lose(connection, CAUSE_LOCAL_LIMIT);
    else if (connection_is_opening(connection))
        hold(connection, message, until);
    else if (!connection->web)
        add_bytes(connection, message);
    else if (!websocket_send(connection->web, message))
        lose(connection, CAUSE_LOCAL_LIMIT);
    stream_set_weigh(connection);
    keep_open(connection);
}

static void release(struct connection *connection) {
    while (connection->state == CONNECTION_OPEN && connection->backlog.first && !connection_is_opening(connection)) {
        struct backlog_message *message = backlog_take(&connection->backlog, UINT64_MAX);
        stream_set_weigh(connection);
        connection_queue(connection, (struct slice){message->bytes, message->length}, 0);
        free(message);
    }
}

/* In. */

static void hand_over(struct connection *connection, struct slice bytes, struct stream_fault broken) {
    const struct stream_events *events = &connection->streams->events;
    const struct stream_message message = {
        .source = connection->remote,
        .local = connection->local,
        .connection = connection->number,
        .accepted = !connection->opened,
        .bytes = bytes,
        .broken = broken,
    };
    events->received(events->context, &message);
}

/* Each piece of `input` while the connection stands: what a message leads to may have ended it. */
static void take_messages(struct connection *connection, struct slice input) {
    struct slice message;
    struct stream_fault fault;
    enum stream_verdict verdict = STREAM_PING;
    while (connection->state == CONNECTION_OPEN && verdict != STREAM_MORE) {
        verdict = stream_next(&connection->framing, &input, &message, &fault);
        switch (verdict) {
        case STREAM_MORE: break;
        case STREAM_MESSAGE:
            connection->whole = true;
            hand_over(connection, message, (struct stream_fault){0});
            break;
        case STREAM_PING: connection_queue(connection, SLICE("\r\n"), 0); break;
        case STREAM_BROKEN:
            hand_over(connection, message, fault);
            if (connection->state == CONNECTION_OPEN)
                close_softly(connection);
            break;
        case STREAM_NO_MEMORY: lose(connection, CAUSE_LOCAL_LIMIT); break;
        }
    }
}

/* One message is one of SIP, or a keep-alive (RFC 7118 5, RFC 5626 4.4.1). Who has said something can be found. */
static void on_web_message(void *context, struct slice message) {
    struct connection *connection = context;
    if (connection->state != CONNECTION_OPEN)
        return;
    connection->whole = true;
    if (!connection->opened)
        stream_set_place(connection);
    if (slice_equal(message, SLICE("\r\n\r\n")))
        connection_queue(connection, SLICE("\r\n"), 0);
    else if (slice_trim(message).len)
        hand_over(connection, message, (struct stream_fault){0});
}

/* Of a message, for which there was room, or of what answers frames. */
static void on_web_bytes(void *context, struct slice bytes) {
    struct connection *connection = context;
    if (connection->state != CONNECTION_LOST) /* by what came before it in the same bytes */
        add_bytes(connection, bytes);
}

/* Nothing more comes. Who has come to us is told why, and closes; of whom we have opened nothing more is expected, and
 * what waits for its answers goes elsewhere. */
static void end_frames(struct connection *connection) {
    if (!connection->opened) {
        close_softly(connection);
        return;
    }
    bool shaken = websocket_open(connection->web);
    connection_flush(connection);
    lose(connection, shaken ? CAUSE_RESET : websocket_fault(connection->web).len ? CAUSE_REFUSED : CAUSE_LOCAL_LIMIT);
}

/* No more is taken, and answered, from who has not read so much of what he was answered before. */
static void take_frames(struct connection *connection, struct slice input) {
    bool was_open = websocket_open(connection->web);
    if (was_open && !stream_set_has_room(connection, 0)) {
        lose(connection, CAUSE_LOCAL_LIMIT);
        return;
    }
    connection->asked = false;
    if (!websocket_take(connection->web, input) && connection->state == CONNECTION_OPEN)
        end_frames(connection);
    connection->whole |= websocket_open(connection->web) != was_open;
    stream_set_weigh(connection);
    release(connection);
}

static void take(struct connection *connection, struct slice input) {
    bool waited = waits(connection);
    connection->heard = connection_is_opening(connection) ? 0 : loop_now();
    connection->whole = false;
    connection->web ? take_frames(connection, input) : take_messages(connection, input);
    connection->whole || !connection->web || !connection->opened ? keep_open(connection) : wait_idly(connection);
    if (connection->state == CONNECTION_OPEN && waits(connection) && (connection->whole || !waited))
        wait_until(connection, loop_now() + connection->streams->limits.message);
}

static void set_blocked(struct connection *connection, bool blocked) {
    if (blocked != connection->blocked)
        blocked ? loop_wake(connection->writable) : loop_sleep(connection->writable);
    connection->blocked = blocked;
}

/* TLS has something of its own to say before it reads on: until then what comes would wake the loop for nothing. */
static void set_deaf(struct connection *connection, bool deaf) {
    if (deaf != connection->deaf)
        deaf ? loop_sleep(connection->readable) : loop_wake(connection->readable);
    connection->deaf = deaf;
    if (deaf)
        set_blocked(connection, true);
}

/* Who is there is asked before anything else is said; what waits to leave waits on. */
static void secure(struct connection *connection) {
    switch (tls_shake(connection->tls)) {
    case TLS_DONE:
        connection->state = CONNECTION_OPEN;
        stream_set_wait(connection);
        keep_open(connection);
        release(connection);
        break;
    case TLS_READS: break;
    case TLS_WRITES: set_deaf(connection, true); break;
    case TLS_FAILED: lose(connection, tls_cause(connection->tls)); break;
    }
}

/* Who has come to us waits for his turn, and what he says meanwhile would wake the loop for nothing. */
static void queue_step(struct connection *connection) {
    loop_sleep(connection->readable);
    source_queue(&connection->streams->sources, connection);
}

void connection_shake(struct connection *connection) {
    if (connection->state != CONNECTION_SECURING)
        return;
    loop_wake(connection->readable);
    secure(connection);
}

static void read_some(struct connection *connection) {
    struct streams *streams = connection->streams;
    ssize_t length = read_bytes(connection, streams->inbox, sizeof streams->inbox);
    if (length > 0 && connection->state == CONNECTION_OPEN)
        take(connection, (struct slice){streams->inbox, (size_t)length});
    else if (length == 0)
        lose(connection, CAUSE_RESET);
    else if (length < 0 && !tcp_is_later(errno))
        break_off(connection);
    else if (length < 0 && connection->tls && tls_wants_room(connection->tls))
        set_deaf(connection, true);
}

static void on_readable(void *context) {
    struct connection *connection = context;
    const struct stream_events *events = &connection->streams->events;
    if (connection->state == CONNECTION_SECURING)
        connection->source ? queue_step(connection) : secure(connection);
    else if (connection->state == CONNECTION_OPEN || connection->state == CONNECTION_CLOSING)
        read_some(connection);
    events->turn(events->context);
}

/* Out. */

static void opened(struct connection *connection) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error) {
        connection->error = error;
        lose(connection, tcp_cause(error));
        return;
    }
    connection->state = connection->tls ? CONNECTION_SECURING : CONNECTION_OPEN;
    loop_wake(connection->readable);
    keep_open(connection);
    release(connection);
}

static void on_writable(void *context) {
    struct connection *connection = context;
    const struct stream_events *events = &connection->streams->events;
    if (connection->state == CONNECTION_OPENING)
        opened(connection);
    if (connection->state != CONNECTION_LOST) {
        set_blocked(connection, false);
        set_deaf(connection, false);
    }
    if (connection->state == CONNECTION_SECURING)
        secure(connection);
    connection_flush(connection);
    events->turn(events->context);
}

void connection_flush(struct connection *connection) {
    if (connection->blocked || connection->state == CONNECTION_SECURING || connection->state == CONNECTION_LOST)
        return;
    for (struct slice waiting; (waiting = outbox_waiting(&connection->out)).len;) {
        ssize_t length = write_bytes(connection, waiting.at, waiting.len);
        if (length < 0 && !tcp_is_later(errno)) {
            break_off(connection);
            return;
        }
        if (length < 0) {
            set_blocked(connection, true);
            return;
        }
        outbox_left(&connection->out, (size_t)length);
        stream_set_weigh(connection);
    }
    shut(connection);
}

/* The object. */

static struct connection *make(struct streams *streams, int fd, const struct sip_flow *flow, bool opened) {
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return NULL;
    connection->streams = streams;
    connection->fd = fd;
    connection->local = flow->local;
    connection->remote = flow->remote;
    connection->opened = opened;
    stream_set_add(connection);
    if (opened || !endpoint_is_web(&flow->local))
        stream_set_place(connection);
    return connection;
}

struct connection *connection_lost(struct streams *streams, const struct sip_flow *flow, enum cause cause, int error) {
    struct connection *connection = make(streams, -1, flow, true);
    if (!connection)
        return NULL;
    connection->error = error;
    lose(connection, cause);
    return connection;
}

/* False: out of memory. */
static bool add_tls(struct connection *connection, struct slice name) {
    struct tls *tls = connection->streams->tls;
    if (!transports[connection->remote.transport].secure)
        return true;
    if (tls)
        connection->tls = connection->opened ? tls_connect(tls, connection->fd, &connection->remote, name)
                                             : tls_accept(tls, connection->fd);
    return connection->tls != NULL;
}

static bool add_web(struct connection *connection, struct slice name) {
    const struct websocket_events events = {.received = on_web_message, .leave = on_web_bytes, .context = connection};
    if (!endpoint_is_web(&connection->local))
        return true;
    connection->web = connection->opened ? websocket_connect(&connection->remote, name, &events)
                                         : websocket_accept(&connection->streams->policy, &events);
    return connection->web != NULL;
}

/* How long opening it, TLS or the handshake of a WebSocket may take. */
static void begin(struct connection *connection) {
    const struct stream_limits *limits = &connection->streams->limits;
    connection->state = connection->tls ? CONNECTION_SECURING : CONNECTION_OPEN;
    keep_open(connection);
    if (connection->opened) {
        connection->state = CONNECTION_OPENING;
        loop_sleep(connection->readable);
        set_blocked(connection, true);
        connection->patience = loop_now() + limits->connect;
        wait_until(connection, loop_now() + limits->connect);
    } else if (connection->tls || connection->web) {
        wait_until(connection, loop_now() + limits->message);
    }
}

struct connection *connection_new(struct streams *streams, int fd, const struct sip_flow *flow, bool opened) {
    struct connection *connection = make(streams, fd, flow, opened);
    if (!connection) {
        close(fd);
        return NULL;
    }
    tcp_prepare(fd);
    connection->readable = loop_read(streams->loop, fd, on_readable, connection);
    connection->writable = loop_write(streams->loop, fd, on_writable, connection);
    if (!connection->readable || !connection->writable || !add_tls(connection, flow->name) ||
        !add_web(connection, flow->name)) {
        connection_free(connection);
        return NULL;
    }
    begin(connection);
    return connection;
}

void connection_free(struct connection *connection) {
    stream_set_remove(connection);
    timer_stop(connection->streams->timers, &connection->deadline);
    loop_forget(connection->readable);
    loop_forget(connection->writable);
    if (connection->tls)
        tls_close(connection->tls);
    tls_end(connection->tls);
    if (connection->fd >= 0)
        close(connection->fd);
    stream_free(&connection->framing);
    websocket_free(connection->web);
    backlog_free(&connection->backlog);
    outbox_free(&connection->out);
    free(connection);
}
