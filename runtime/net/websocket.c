/* SPDX-License-Identifier: MIT */
#include "runtime/net/websocket.h"

#include "grammar/source.h"
#include "runtime/net/key.h"
#include "runtime/net/upgrade_request.h"
#include "runtime/sip/scan.h"

#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

enum { FRAGMENTS_MAX = 1024 }; /* of one message: each of them costs memory */

struct websocket {
    const struct upgrade_policy *policy; /* NULL: it is a client's */
    char key[WEBSOCKET_KEY];             /* then */
    struct http_collector head;          /* of the handshake under way, or refused */
    struct slice fault;                  /* may stand in that; empty: none */
    bool open;
    struct wslay_event_context *frames; /* NULL: not wanted yet */
    struct websocket_events events;
    struct slice input;  /* of the call under way */
    uint64_t begun;      /* bytes of frames that have not come to their end */
    uint64_t frame;      /* of the one whose payload comes */
    unsigned fragments;  /* of the message that has begun */
    bool taking, broken; /* within websocket_take() */
};

static ssize_t on_wanted(struct wslay_event_context *frames, uint8_t *buffer, size_t size, int flags, void *context) {
    struct websocket *websocket = context;
    size_t length = websocket->input.len < size ? websocket->input.len : size;
    (void)flags;
    if (length == 0 || websocket->broken) {
        wslay_event_set_error(frames, websocket->broken ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    memcpy(buffer, websocket->input.at, length);
    websocket->input = slice_from(websocket->input, length);
    websocket->begun += length;
    return (ssize_t)length;
}

static ssize_t on_leaving(struct wslay_event_context *frames, const uint8_t *bytes, size_t length, int flags,
                          void *context) {
    const struct websocket *websocket = context;
    (void)frames, (void)flags;
    websocket->events.leave(websocket->events.context, (struct slice){(const char *)bytes, length});
    return (ssize_t)length;
}

/* RFC 6455 5.2; wslay takes no length that is not written as short as can be. All that comes to a server is masked, and
 * nothing that comes to a client. */
static uint64_t frame_length(const struct websocket *websocket, uint64_t payload) {
    return 2 + (payload < 126 ? 0 : payload <= UINT16_MAX ? 2 : 8) + (websocket->policy ? 4 : 0) + payload;
}

static void on_frame(struct wslay_event_context *frames, const struct wslay_event_on_frame_recv_start_arg *frame,
                     void *context) {
    struct websocket *websocket = context;
    (void)frames;
    websocket->frame = frame_length(websocket, frame->payload_length);
    if (!wslay_is_ctrl_frame(frame->opcode))
        websocket->broken |= ++websocket->fragments > FRAGMENTS_MAX;
}

static void on_frame_end(struct wslay_event_context *frames, void *context) {
    struct websocket *websocket = context;
    (void)frames;
    websocket->begun -= websocket->frame;
}

static void on_message(struct wslay_event_context *frames, const struct wslay_event_on_msg_recv_arg *message,
                       void *context) {
    struct websocket *websocket = context;
    (void)frames;
    if (wslay_is_ctrl_frame(message->opcode) || websocket->broken)
        return;
    websocket->fragments = 0;
    if (message->msg_length)
        websocket->events.received(websocket->events.context,
                                   (struct slice){(const char *)message->msg, message->msg_length});
}

/* RFC 6455 5.3: nobody can tell what comes next. */
static int on_mask_wanted(struct wslay_event_context *frames, uint8_t *mask, size_t length, void *context) {
    struct hash_key chance;
    (void)frames, (void)context;
    if (length > sizeof chance.bytes || key_random(&chance))
        return -1;
    memcpy(mask, chance.bytes, length);
    return 0;
}

static bool start_frames(struct websocket *websocket) {
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = on_wanted,
        .send_callback = on_leaving,
        .genmask_callback = on_mask_wanted,
        .on_frame_recv_start_callback = on_frame,
        .on_frame_recv_end_callback = on_frame_end,
        .on_msg_recv_callback = on_message,
    };
    int result = websocket->policy ? wslay_event_context_server_init(&websocket->frames, &callbacks, websocket)
                                   : wslay_event_context_client_init(&websocket->frames, &callbacks, websocket);
    if (result) {
        websocket->frames = NULL;
        return false;
    }
    wslay_event_config_set_max_recv_msg_length(websocket->frames, SIP_MESSAGE_MAX);
    return true;
}

static struct websocket *make(const struct websocket_events *events) {
    struct websocket *websocket = calloc(1, sizeof *websocket);
    if (!websocket)
        return NULL;
    websocket->events = *events;
    websocket->fault = SLICE_EMPTY;
    return websocket;
}

struct websocket *websocket_accept(const struct upgrade_policy *policy, const struct websocket_events *events) {
    struct websocket *websocket = make(events);
    if (websocket)
        websocket->policy = policy;
    return websocket;
}

struct websocket *websocket_connect(const struct endpoint *remote, struct slice name,
                                    const struct websocket_events *events) {
    struct hash_key chance;
    char buffer[UPGRADE_REQUEST_MAX];
    struct websocket *websocket = make(events);
    if (!websocket || !start_frames(websocket) || key_random(&chance)) {
        websocket_free(websocket);
        return NULL;
    }
    _Static_assert(sizeof chance.bytes == WEBSOCKET_KEY_BYTES, "as much chance as a key needs");
    websocket_key_write(chance.bytes, websocket->key);
    events->leave(events->context, upgrade_request_write(websocket->key, remote, name, buffer));
    return websocket;
}

void websocket_free(struct websocket *websocket) {
    if (!websocket)
        return;
    http_collector_free(&websocket->head);
    if (websocket->frames)
        wslay_event_context_free(websocket->frames);
    free(websocket);
}

bool websocket_open(const struct websocket *websocket) {
    return websocket->open;
}

struct slice websocket_fault(const struct websocket *websocket) {
    return websocket->fault;
}

static enum upgrade_verdict answer_request(struct websocket *websocket, struct slice *bytes) {
    char buffer[UPGRADE_ANSWER_MAX];
    struct slice answer;
    enum upgrade_verdict verdict = upgrade_next(&websocket->head, websocket->policy, bytes, buffer, &answer);
    if (verdict == UPGRADE_ACCEPTED && !start_frames(websocket))
        return UPGRADE_NO_MEMORY;
    if (verdict == UPGRADE_ACCEPTED || verdict == UPGRADE_REFUSED)
        websocket->events.leave(websocket->events.context, answer);
    return verdict;
}

/* False: it was refused. */
static bool shake_hands(struct websocket *websocket, struct slice *bytes) {
    struct slice fault = SLICE_EMPTY;
    enum upgrade_verdict verdict = websocket->policy
                                       ? answer_request(websocket, bytes)
                                       : upgrade_request_next(&websocket->head, websocket->key, bytes, &fault);
    websocket->open = verdict == UPGRADE_ACCEPTED;
    if (websocket->open)
        http_collector_free(&websocket->head);
    if (verdict == UPGRADE_REFUSED)
        websocket->fault = fault;
    return verdict == UPGRADE_ACCEPTED || verdict == UPGRADE_MORE;
}

bool websocket_take(struct websocket *websocket, struct slice bytes) {
    if (!websocket->open && !shake_hands(websocket, &bytes))
        return false;
    if (!websocket->open)
        return true;
    websocket->input = bytes;
    websocket->taking = true;
    bool good = wslay_event_recv(websocket->frames) == 0;
    websocket->taking = false;
    websocket->input = SLICE_NULL;
    good &= wslay_event_send(websocket->frames) == 0;
    return good && wslay_event_get_read_enabled(websocket->frames) && wslay_event_get_write_enabled(websocket->frames);
}

/* What is said while bytes are being taken leaves behind them. */
static bool queue(struct websocket *websocket, const struct wslay_event_msg *message) {
    return websocket->open && wslay_event_queue_msg(websocket->frames, message) == 0 &&
           (websocket->taking || wslay_event_send(websocket->frames) == 0);
}

static bool is_utf8(struct slice text) {
    uint32_t point;
    for (size_t at = 0; at < text.len;) {
        unsigned length = utf8_read(text, at, &point);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

bool websocket_send(struct websocket *websocket, struct slice message) {
    return queue(websocket, &(const struct wslay_event_msg){
                                .opcode = is_utf8(message) ? WSLAY_TEXT_FRAME : WSLAY_BINARY_FRAME,
                                .msg = (const uint8_t *)message.at,
                                .msg_length = message.len,
                            });
}

size_t websocket_queued(const struct websocket *websocket) {
    return websocket->frames ? wslay_event_get_queued_msg_length(websocket->frames) : 0;
}

bool websocket_ping(struct websocket *websocket) {
    return queue(websocket, &(const struct wslay_event_msg){.opcode = WSLAY_PING});
}

bool websocket_waits(const struct websocket *websocket) {
    return websocket->begun > 0 || websocket->fragments > 0 || websocket->head.used > 0;
}
