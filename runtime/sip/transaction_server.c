/* SPDX-License-Identifier: MIT */
/* The server side: RFC 3261 17.2 with RFC 6026 7.1. */
#include "runtime/sip/transaction_layer.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum server_state {
    SERVER_TRYING, /* non-INVITE */
    SERVER_PROCEEDING,
    SERVER_COMPLETED, /* INVITE: a 300-699 was sent */
    SERVER_CONFIRMED,
    SERVER_ACCEPTED, /* RFC 6026: a 2xx to an INVITE was sent */
    SERVER_SILENT,   /* never to be answered */
};

struct server_transaction {
    struct lookup_node node, ack;
    struct transactions *layer;
    void *user;
    union {
        struct timer repeat; /* over UDP: G */
        uint64_t connection; /* over a stream: of its responses */
    };
    struct timer end; /* H, I, J, L */
    char *response;   /* the last one, while it may have to be repeated; owned */
    uint32_t response_length;
    uint32_t tag, tag_length; /* its To tag: RFC 2543 INVITE alone */
    uint32_t interval;        /* of Timer G */
    uint16_t status;
    uint8_t state;
    bool invite;
    bool magic;                    /* matched by RFC 3261's branch, not by RFC 2543's rules */
    bool pending;                  /* a peer still waits for it */
    uint16_t name_length;          /* of the name of the flow, which stands behind the key */
    struct endpoint local, remote; /* of its responses */
    uint32_t stem, key_length;     /* of the key: without To tag and method, all of it */
    char key[];
};

/* Keys: 17.2.3. */

struct key {
    struct slice text;  /* in the layer's scratch: the stem, the To tag (RFC 2543), the method */
    size_t stem, front; /* front: all but the method */
    uint64_t front_hash, hash;
};

/* Each part with its length before it, so that no two lists of parts look alike. False: too long for a message. */
static bool add_part(struct transactions *layer, struct key *key, struct slice part, bool fold_case) {
    uint32_t length = (uint32_t)part.len;
    char *out = layer->scratch + key->text.len;
    if (part.len > KEY_MAX || KEY_MAX - key->text.len < sizeof length + part.len)
        return false;
    memcpy(out, &length, sizeof length);
    out += sizeof length;
    for (size_t i = 0; i < part.len; i++)
        out[i] = fold_case ? byte_lower((unsigned char)part.at[i]) : part.at[i];
    key->text.len += sizeof length + part.len;
    return true;
}

static bool add_number(struct transactions *layer, struct key *key, uint32_t number) {
    return add_part(layer, key, (struct slice){(const char *)&number, sizeof number}, false);
}

/* The key of the transaction that `request` would belong to, but for the method. */
static bool make_front(struct transactions *layer, struct key *key, const struct sip_message *request) {
    const struct sip_via *via = &request->via;
    bool made;
    *key = (struct key){.text = {layer->scratch, 0}};
    if (via->magic) {
        made = add_part(layer, key, via->branch, true) && add_part(layer, key, via->host, true) &&
               add_number(layer, key, via->port);
        key->stem = key->text.len;
    } else {
        made = add_part(layer, key, request->uri, false) && add_part(layer, key, request->from_tag, false) &&
               add_part(layer, key, request->call_id, false) && add_number(layer, key, request->cseq) &&
               add_part(layer, key, slice_cut(request->bytes, via->at, via->end), false);
        key->stem = key->text.len;
        made = made && add_part(layer, key, request->to_tag, false);
    }
    key->front = key->text.len;
    key->front_hash = hash_keyed(&layer->key, key->text.at, key->text.len);
    return made;
}

/* The front is as long as a message may be, and a CANCEL asks for every method: it is hashed once. */
static bool set_method(struct transactions *layer, struct key *key, struct slice method) {
    key->text.len = key->front;
    bool made = add_part(layer, key, method, false);
    uint64_t both[2] = {key->front_hash, hash_keyed(&layer->key, method.at, method.len)};
    key->hash = hash_keyed(&layer->key, both, sizeof both);
    return made;
}

static struct server_transaction *of_node(struct lookup_node *node) {
    return (struct server_transaction *)((char *)node - offsetof(struct server_transaction, node));
}

static struct server_transaction *of_ack(struct lookup_node *node) {
    return (struct server_transaction *)((char *)node - offsetof(struct server_transaction, ack));
}

static struct server_transaction *find(const struct transactions *layer, const struct key *key) {
    struct lookup_node *node = lookup_first(&layer->servers, key->hash);
    for (; node; node = lookup_next(node)) {
        struct server_transaction *server = of_node(node);
        if (slice_equal(key->text, (struct slice){server->key, server->key_length}))
            return server;
    }
    return NULL;
}

/* The front of the key that the ACK to the stored final will have: the stem, then that response's To tag. */
static void expect_ack(struct server_transaction *server) {
    struct transactions *layer = server->layer;
    struct sip_message response;
    if (scan_message(&response, server->response, server->response_length).verdict != SCAN_OK)
        return;
    server->tag = (uint32_t)(response.to_tag.at ? response.to_tag.at - server->response : 0);
    server->tag_length = (uint32_t)response.to_tag.len;
    struct key key = {.text = {layer->scratch, server->stem}};
    memcpy(layer->scratch, server->key, server->stem);
    if (add_part(layer, &key, response.to_tag, false))
        lookup_add(&layer->acks, &server->ack, hash_keyed(&layer->key, key.text.at, key.text.len));
}

static struct server_transaction *find_by_ack(const struct transactions *layer, const struct key *key,
                                              struct slice tag) {
    struct lookup_node *node = lookup_first(&layer->acks, key->front_hash);
    for (; node; node = lookup_next(node)) {
        struct server_transaction *server = of_ack(node);
        if (slice_equal(slice_cut(key->text, 0, key->stem), (struct slice){server->key, server->stem}) &&
            slice_equal(tag, (struct slice){server->response + server->tag, server->tag_length}))
            return server;
    }
    return NULL;
}

struct server_transaction *server_find(struct transactions *layer, const struct sip_message *request) {
    struct key key;
    bool ack = request->method == METHOD_ACK;
    if (!make_front(layer, &key, request))
        return NULL;
    if (ack && !request->via.magic)
        return find_by_ack(layer, &key, request->to_tag);
    if (!set_method(layer, &key, ack ? SLICE("INVITE") : request->method_name))
        return NULL;
    struct server_transaction *server = find(layer, &key);
    return ack && server && server->state == SERVER_ACCEPTED ? NULL : server;
}

struct server_transaction *server_find_cancelled(struct transactions *layer, const struct sip_message *cancel) {
    struct server_transaction *server = NULL;
    struct key key;
    if (!make_front(layer, &key, cancel))
        return NULL;
    for (enum method method = 0; !server && method < METHOD_COUNT; method++)
        if (method != METHOD_ACK && method != METHOD_CANCEL && set_method(layer, &key, slice_of(methods[method])))
            server = find(layer, &key);
    return server;
}

/* Life. */

static void enter(struct server_transaction *server, enum server_state state) {
    server->layer->unanswered +=
        (unsigned)(state <= SERVER_PROCEEDING) - (unsigned)(server->state <= SERVER_PROCEEDING);
    server->state = (uint8_t)state;
    set_pending(server->layer, &server->pending,
                state <= SERVER_PROCEEDING || (server->invite && state == SERVER_COMPLETED));
}

struct server_transaction *server_new(struct transactions *layer, const struct sip_message *request,
                                      const struct sip_flow *flow, uint64_t now) {
    (void)now;
    struct key key;
    assert(request->method != METHOD_ACK);
    if (!make_front(layer, &key, request) || !set_method(layer, &key, request->method_name) || find(layer, &key))
        return NULL;
    struct server_transaction *server = malloc(sizeof *server + key.text.len + flow->name.len);
    if (!server)
        return NULL;
    *server = (struct server_transaction){
        .layer = layer,
        .invite = request->method == METHOD_INVITE,
        .magic = request->via.magic,
        .local = flow->local,
        .remote = flow->remote,
        .stem = (uint32_t)key.stem,
        .key_length = (uint32_t)key.text.len,
        .name_length = (uint16_t)flow->name.len,
    };
    if (is_reliable(&server->remote))
        server->connection = flow->connection;
    memcpy(server->key, key.text.at, key.text.len);
    if (flow->name.len)
        memcpy(server->key + key.text.len, flow->name.at, flow->name.len);
    lookup_add(&layer->servers, &server->node, key.hash);
    layer->unanswered++;
    enter(server, server->invite ? SERVER_PROCEEDING : SERVER_TRYING);
    return server;
}

static void stop_repeating(struct server_transaction *server) {
    if (!is_reliable(&server->remote))
        timer_stop(server->layer->timers, &server->repeat);
}

void server_destroy(struct lookup_node *node) {
    struct server_transaction *server = of_node(node);
    stop_repeating(server);
    timer_stop(server->layer->timers, &server->end);
    free(server->response);
    free(server);
}

static struct server_transaction *of_end(struct timer *timer) {
    return (struct server_transaction *)((char *)timer - offsetof(struct server_transaction, end));
}

static void end(struct timer *timer, uint64_t now) {
    struct server_transaction *server = of_end(timer);
    struct transactions *layer = server->layer;
    if (server->invite && server->state == SERVER_COMPLETED)
        layer->events.unacknowledged(server, now);
    set_pending(layer, &server->pending, false);
    lookup_remove(&layer->servers, &server->node);
    lookup_remove(&layer->acks, &server->ack);
    layer->events.server_ended(server);
    server_destroy(&server->node);
}

static void end_after(struct server_transaction *server, uint64_t now, uint32_t delay) {
    timer_set(server->layer->timers, &server->end, now, delay, end);
}

/* Sending. */

static void send_response(struct server_transaction *server, struct slice bytes) {
    const struct sip_flow flow = {.local = server->local,
                                  .remote = server->remote,
                                  .name = {server->key + server->key_length, server->name_length}};
    send_bytes(server->layer, flow, &server->connection, bytes);
}

static void repeat_response(struct server_transaction *server) {
    if (server->response)
        send_response(server, (struct slice){server->response, server->response_length});
}

static void forget_response(struct server_transaction *server) {
    free(server->response);
    server->response = NULL;
    server->response_length = 0;
}

/* 0, -ENOMEM: then nothing is kept, not the one before either, which must not be repeated any more. */
static int keep_response(struct server_transaction *server, struct slice bytes) {
    forget_response(server);
    server->response = malloc(bytes.len);
    if (!server->response)
        return -ENOMEM;
    memcpy(server->response, bytes.at, bytes.len);
    server->response_length = (uint32_t)bytes.len;
    return 0;
}

static void fire_repeat(struct timer *timer, uint64_t now) {
    struct server_transaction *server =
        (struct server_transaction *)((char *)timer - offsetof(struct server_transaction, repeat));
    uint32_t t2 = server->layer->settings.t2;
    repeat_response(server);
    server->interval = server->interval <= t2 / 2 ? 2 * server->interval : t2;
    timer_set(server->layer->timers, &server->repeat, now, server->interval, fire_repeat);
}

/* 17.2.1: Completed, timers G and H. */
static int complete_invite(struct server_transaction *server, struct slice bytes, uint64_t now) {
    struct transactions *layer = server->layer;
    int error = keep_response(server, bytes);
    enter(server, SERVER_COMPLETED);
    end_after(server, now, sixty_four_t1(layer));
    if (error)
        return error;
    if (!is_reliable(&server->remote)) {
        server->interval = layer->settings.t1;
        timer_set(layer->timers, &server->repeat, now, server->interval, fire_repeat);
    }
    if (!server->magic)
        expect_ack(server);
    return 0;
}

/* RFC 6026 7.1: 2xx are repeated by who made them, and only passed on here; Timer L. */
static void accept_invite(struct server_transaction *server, uint64_t now) {
    forget_response(server);
    enter(server, SERVER_ACCEPTED);
    end_after(server, now, sixty_four_t1(server->layer));
}

/* 17.2.2: Completed, Timer J. */
static int complete_other(struct server_transaction *server, struct slice bytes, uint64_t now) {
    enter(server, SERVER_COMPLETED);
    end_after(server, now, unless_reliable(&server->remote, sixty_four_t1(server->layer)));
    return keep_response(server, bytes);
}

int server_respond(struct server_transaction *server, unsigned status, struct slice bytes, uint64_t now) {
    bool success = server->invite && status / 100 == 2, open = server->state <= SERVER_PROCEEDING;
    if (status < 100 || status > 699 || server->state == SERVER_SILENT || (!open && !success))
        return -EINVAL;
    int error = 0;
    if (open && status < 200) {
        enter(server, SERVER_PROCEEDING);
        error = keep_response(server, bytes);
    } else if (open && success) {
        accept_invite(server, now);
    } else if (open) {
        error = server->invite ? complete_invite(server, bytes, now) : complete_other(server, bytes, now);
    }
    server->status = (uint16_t)status;
    send_response(server, bytes);
    return error;
}

void server_silence(struct server_transaction *server, uint64_t now) {
    if (server->state > SERVER_PROCEEDING)
        return;
    forget_response(server);
    enter(server, SERVER_SILENT);
    uint32_t life = sixty_four_t1(server->layer);
    end_after(server, now, server->invite ? life : unless_reliable(&server->remote, life));
}

/* Receiving. */

void server_receive(struct server_transaction *server, const struct sip_message *request, uint64_t now) {
    struct transactions *layer = server->layer;
    if (request->method != METHOD_ACK) { /* repeated: so is what was last said, but for a 2xx to an INVITE */
        if (server->state == SERVER_PROCEEDING || server->state == SERVER_COMPLETED)
            repeat_response(server);
        return;
    }
    if (server->state != SERVER_COMPLETED)
        return;
    enter(server, SERVER_CONFIRMED);
    stop_repeating(server);
    end_after(server, now, unless_reliable(&server->remote, layer->settings.t4));
}

/* Questions. */

void server_set_user(struct server_transaction *server, void *user) {
    server->user = user;
}

void *server_user(const struct server_transaction *server) {
    return server->user;
}
