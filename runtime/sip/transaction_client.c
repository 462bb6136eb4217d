/* SPDX-License-Identifier: MIT */
#include "runtime/sip/transaction_client.h"

#include "runtime/sip/transaction_layer.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { REQUEST_ROOM = 2048 }; /* most ACKs and CANCELs fit, and cost no allocation */

enum client_state {
    CLIENT_CALLING, /* INVITE */
    CLIENT_TRYING,  /* any other */
    CLIENT_PROCEEDING,
    CLIENT_COMPLETED,
    CLIENT_ACCEPTED,   /* RFC 6026: a 2xx to an INVITE came */
    CLIENT_TERMINATED, /* failed; goes with the next run of the timers */
};

struct client_transaction {
    struct lookup_node node;
    struct transactions *layer;
    void *user;
    union {
        struct timer repeat;       /* over UDP: A, E */
        struct {                   /* over a stream */
            struct lookup_node on; /* in `flows`, while it waits for a final */
            uint64_t connection;
        };
    };
    struct timer wait;                   /* B, F; then D, K, M */
    struct timer life;                   /* INVITE: when it goes, if nobody waits for it any more and no final comes */
    uint32_t interval;                   /* of timers A and E */
    uint32_t length;                     /* of the request */
    uint32_t branch_at;                  /* where in it the branch stands */
    uint16_t method_length, name_length; /* of the name of its flow */
    uint8_t branch_length, state;
    bool invite;
    bool provisional; /* a 1xx came */
    bool given_up, cancelled;
    bool unheard; /* our CANCEL: the user does not know it */
    bool pending; /* a peer still waits for it */
    struct endpoint local, remote;
    char *request; /* owned; of an INVITE that is not repeated any more its core alone */
    char name[];
};

/* Look-up: 17.1.3. */

static struct client_transaction *of_node(struct lookup_node *node) {
    return (struct client_transaction *)((char *)node - offsetof(struct client_transaction, node));
}

static struct client_transaction *of_flow(struct lookup_node *node) {
    return (struct client_transaction *)((char *)node - offsetof(struct client_transaction, on));
}

static void stop_repeating(struct client_transaction *client) {
    if (!is_reliable(&client->remote))
        timer_stop(client->layer->timers, &client->repeat);
}

static void leave_flow(struct client_transaction *client) {
    if (is_reliable(&client->remote))
        lookup_remove(&client->layer->flows, &client->on);
}

struct slice client_branch(const struct client_transaction *client) {
    return (struct slice){client->request + client->branch_at, client->branch_length};
}

static struct slice request_of(const struct client_transaction *client) {
    return (struct slice){client->request, client->length};
}

/* `bytes` become its request, owned. */
static void keep_request(struct client_transaction *client, char *bytes, size_t length) {
    struct slice method, branch = {bytes, 0};
    client->request = bytes;
    client->length = (uint32_t)length;
    request_identity(request_of(client), &method, &branch); /* we have written one */
    client->branch_at = (uint32_t)(branch.at - bytes);
}

static uint64_t hash_branch(const struct transactions *layer, struct slice branch) {
    char text[BRANCH_MAX];
    for (size_t i = 0; i < branch.len; i++)
        text[i] = byte_lower((unsigned char)branch.at[i]);
    return hash_keyed(&layer->key, text, branch.len);
}

static struct client_transaction *find(const struct transactions *layer, struct slice branch, struct slice method) {
    if (branch.len == 0 || branch.len > BRANCH_MAX)
        return NULL;
    struct lookup_node *node = lookup_first(&layer->clients, hash_branch(layer, branch));
    for (; node; node = lookup_next(node)) {
        struct client_transaction *client = of_node(node);
        if (slice_same(client_branch(client), branch) &&
            slice_equal((struct slice){client->request, client->method_length}, method))
            return client;
    }
    return NULL;
}

/* Timers. */

void client_destroy(struct lookup_node *node) {
    struct client_transaction *client = of_node(node);
    stop_repeating(client);
    timer_stop(client->layer->timers, &client->wait);
    timer_stop(client->layer->timers, &client->life);
    free(client->request);
    free(client);
}

static void enter(struct client_transaction *client, enum client_state state) {
    client->state = (uint8_t)state;
    if (state > CLIENT_PROCEEDING)
        leave_flow(client);
    set_pending(client->layer, &client->pending,
                state <= CLIENT_PROCEEDING && !(state == CLIENT_CALLING && client->given_up));
}

static void end(struct client_transaction *client) {
    struct transactions *layer = client->layer;
    set_pending(layer, &client->pending, false);
    lookup_remove(&layer->clients, &client->node);
    leave_flow(client);
    if (!client->unheard)
        layer->events.client_ended(client);
    client_destroy(&client->node);
}

static struct sip_flow flow_of(const struct client_transaction *client) {
    return (struct sip_flow){.local = client->local,
                             .remote = client->remote,
                             .connection = client_connection(client),
                             .name = {client->name, client->name_length}};
}

/* False: there is no memory for its connection. */
static bool send_request(struct client_transaction *client, uint64_t until) {
    struct sip_flow flow = flow_of(client);
    flow.until = until;
    bool sent = send_bytes(client->layer, flow, &client->connection, request_of(client));
    if (is_reliable(&client->remote) && sent)
        lookup_add(&client->layer->flows, &client->on, client->connection);
    return sent;
}

/* A doubles for ever, E up to T2, and is T2 once a 1xx has come (17.1.1.2, 17.1.2.2). */
static uint32_t next_interval(const struct client_transaction *client) {
    uint32_t t2 = client->layer->settings.t2;
    if (client->invite)
        return client->interval <= UINT32_MAX / 2 ? 2 * client->interval : UINT32_MAX;
    return client->state == CLIENT_TRYING && client->interval <= t2 / 2 ? 2 * client->interval : t2;
}

static void fire_repeat(struct timer *timer, uint64_t now) {
    struct client_transaction *client =
        (struct client_transaction *)((char *)timer - offsetof(struct client_transaction, repeat));
    send_request(client, 0);
    client->interval = next_interval(client);
    timer_set(client->layer->timers, &client->repeat, now, client->interval, fire_repeat);
}

static void fire_life(struct timer *timer, uint64_t now) {
    struct client_transaction *client =
        (struct client_transaction *)((char *)timer - offsetof(struct client_transaction, life));
    (void)now;
    if (client->given_up)
        end(client);
}

/* An INVITE that is not repeated any more: what its CANCEL and ACK are made of stays. Body and other headers are most
 * of the memory of a call that rings. Without memory all of it stays. */
static void shorten(struct client_transaction *client) {
    char buffer[REQUEST_ROOM];
    struct arena arena;
    arena_init(&arena, buffer, sizeof buffer, 0);
    struct slice core = request_core(&arena, request_of(client));
    if (core.at && core.len < client->length) {
        memcpy(client->request, core.at, core.len);
        char *less = realloc(client->request, core.len);
        keep_request(client, less ? less : client->request, core.len);
    }
    arena_free(&arena);
}

/* Nobody waits for it any more, and nothing came: until 64*T1 after the first send, when `life` is due; that may have
 * been before a longer Timer B. One that has not left yet goes now: who never got it needs no CANCEL (9.1). */
static void abandon(struct client_transaction *client, uint64_t now) {
    struct timers *timers = client->layer->timers;
    bool unsent = withdraw_bytes(client->layer, client_connection(client), request_of(client));
    client->given_up = true;
    enter(client, CLIENT_CALLING);
    stop_repeating(client);
    timer_stop(timers, &client->wait);
    shorten(client);
    if (unsent || !timer_running(&client->life))
        timer_set(timers, &client->life, now, 0, fire_life);
}

static void fire_wait(struct timer *timer, uint64_t now) {
    struct client_transaction *client =
        (struct client_transaction *)((char *)timer - offsetof(struct client_transaction, wait));
    const struct transaction_events *events = &client->layer->events;
    if (client->state == CLIENT_CALLING) {
        abandon(client, now);
        events->timeout(client, now);
        return;
    }
    bool timeout = client->state == CLIENT_TRYING || client->state == CLIENT_PROCEEDING;
    if (timeout && !client->unheard)
        events->timeout(client, now);
    end(client);
}

/* A final came: what is left is to absorb its repetitions. */
static void wait_only(struct client_transaction *client, enum client_state state, uint64_t now, uint32_t delay) {
    struct timers *timers = client->layer->timers;
    enter(client, state);
    stop_repeating(client);
    timer_stop(timers, &client->life);
    timer_set(timers, &client->wait, now, delay, fire_wait);
}

/* The request. */

static struct client_transaction *make(struct transactions *layer, const struct client_request *request) {
    assert(request->branch.len && request->branch.len <= BRANCH_MAX && request->method != METHOD_ACK);
    assert(slice_starts(request->bytes, request->method_name));
    struct slice name = request->flow.name;
    struct client_transaction *client = malloc(sizeof *client + name.len);
    char *bytes = malloc(request->bytes.len);
    if (!client || !bytes) {
        free(client);
        free(bytes);
        return NULL;
    }
    bool invite = request->method == METHOD_INVITE;
    *client = (struct client_transaction){
        .layer = layer,
        .user = request->user,
        .interval = layer->settings.t1,
        .branch_length = (uint8_t)request->branch.len,
        .method_length = (uint16_t)request->method_name.len,
        .invite = invite,
        .name_length = (uint16_t)name.len,
        .local = request->flow.local,
        .remote = request->flow.remote,
    };
    if (is_reliable(&client->remote))
        client->connection = request->flow.connection;
    keep_request(client, memcpy(bytes, request->bytes.at, request->bytes.len), request->bytes.len);
    if (name.len)
        memcpy(client->name, name.at, name.len);
    return client;
}

struct client_transaction *client_new(struct transactions *layer, const struct client_request *request, uint64_t now) {
    struct client_transaction *client = make(layer, request);
    if (!client)
        return NULL;
    if (!send_request(client, request->flow.until)) {
        client_destroy(&client->node);
        return NULL;
    }
    uint32_t timeout = client->invite && request->timeout ? request->timeout : sixty_four_t1(layer);
    lookup_add(&layer->clients, &client->node, hash_branch(layer, request->branch));
    enter(client, client->invite ? CLIENT_CALLING : CLIENT_TRYING);
    timer_set(layer->timers, &client->wait, now, timeout, fire_wait);
    if (client->invite)
        timer_set(layer->timers, &client->life, now, sixty_four_t1(layer), fire_life);
    if (!is_reliable(&client->remote))
        timer_set(layer->timers, &client->repeat, now, client->interval, fire_repeat);
    return client;
}

void client_give_up(struct client_transaction *client, uint64_t now) {
    assert(client->invite);
    if (client->given_up || client->state > CLIENT_PROCEEDING)
        return;
    if (client->state == CLIENT_CALLING) {
        abandon(client, now);
        return;
    }
    client->given_up = true;
    timer_set(client->layer->timers, &client->life, now, sixty_four_t1(client->layer), fire_life);
}

int client_cancel(struct client_transaction *client, struct slice lines, uint64_t now) {
    struct transactions *layer = client->layer;
    assert(client->invite && client->state != CLIENT_CALLING); /* 9.1: not before a 1xx */
    if (client->cancelled || client->state != CLIENT_PROCEEDING)
        return -EALREADY;
    client->given_up = true;
    timer_set(layer->timers, &client->life, now, sixty_four_t1(layer), fire_life);
    char buffer[REQUEST_ROOM];
    struct arena arena;
    arena_init(&arena, buffer, sizeof buffer, 0);
    struct client_request request = {
        .bytes = request_cancel(&arena, request_of(client), lines),
        .branch = client_branch(client),
        .method = METHOD_CANCEL,
        .method_name = SLICE("CANCEL"),
        .flow = flow_of(client),
    };
    struct client_transaction *cancel = request.bytes.at ? client_new(layer, &request, now) : NULL;
    arena_free(&arena);
    if (!cancel)
        return -ENOMEM;
    cancel->unheard = true;
    client->cancelled = true;
    return 0;
}

/* Responses. */

/* Without memory there is none: the next repetition of the final asks again. */
static void acknowledge(struct client_transaction *client, const struct sip_message *response) {
    char buffer[REQUEST_ROOM];
    struct arena arena;
    arena_init(&arena, buffer, sizeof buffer, 0);
    struct slice ack = request_ack(&arena, request_of(client), response);
    if (ack.at)
        send_bytes(client->layer, flow_of(client), &client->connection, ack);
    arena_free(&arena);
}

/* 17.1.1.2, RFC 6026 7.2. True: the user is to hear of it. */
static bool advance_invite(struct client_transaction *client, const struct sip_message *response, uint64_t now) {
    const struct transactions *layer = client->layer;
    bool open = client->state <= CLIENT_PROCEEDING;
    unsigned class = response->status / 100;
    if (class == 1) {
        if (open && !client->given_up)
            timer_stop(layer->timers, &client->life);
        if (open) {
            if (client->state == CLIENT_CALLING && !client->given_up)
                shorten(client);
            enter(client, CLIENT_PROCEEDING);
            client->provisional = true;
            stop_repeating(client);
            timer_stop(layer->timers, &client->wait);
        }
        return open;
    }
    if (class == 2) {
        if (open)
            wait_only(client, CLIENT_ACCEPTED, now, sixty_four_t1(layer));
        return true;
    }
    if (open) {
        uint32_t d = sixty_four_t1(layer) > TIMER_D_LEAST ? sixty_four_t1(layer) : TIMER_D_LEAST;
        wait_only(client, CLIENT_COMPLETED, now, unless_reliable(&client->remote, d));
    }
    if (client->state == CLIENT_COMPLETED)
        acknowledge(client, response);
    return open;
}

/* 17.1.2.2 */
static bool advance_other(struct client_transaction *client, const struct sip_message *response, uint64_t now) {
    const struct transactions *layer = client->layer;
    if (client->state != CLIENT_TRYING && client->state != CLIENT_PROCEEDING)
        return false;
    if (response->status < 200) {
        enter(client, CLIENT_PROCEEDING);
        client->provisional = true;
    } else {
        wait_only(client, CLIENT_COMPLETED, now, unless_reliable(&client->remote, layer->settings.t4));
    }
    return true;
}

static uint16_t written_port(const struct client_transaction *client, uint16_t port) {
    return port ? port : transports[client->local.transport].port;
}

/* 18.1.2: a response whose sent-by is not what we wrote is discarded, whatever its branch says. */
static bool came_back(const struct client_transaction *client, const struct sip_via *via) {
    struct slice host;
    uint16_t port;
    return request_sent_by(request_of(client), &host, &port) && slice_same(host, via->host) &&
           written_port(client, port) == written_port(client, via->port);
}

bool transactions_response(struct transactions *layer, const struct sip_message *response,
                           const struct endpoint *source, uint64_t now) {
    struct client_transaction *client = find(layer, response->via.branch, response->cseq_method);
    if (!client || !came_back(client, &response->via))
        return false;
    bool tell = client->invite ? advance_invite(client, response, now) : advance_other(client, response, now);
    if (tell && !client->unheard)
        layer->events.response(client, response, source, now);
    return true;
}

/* Failures. */

static void fail(struct client_transaction *client, enum cause cause, uint64_t now) {
    if (client->state == CLIENT_CALLING)
        abandon(client, now);
    else
        wait_only(client, CLIENT_TERMINATED, now, 0);
    client->layer->events.failed(client, cause, now);
}

/* The timers that bound it go on. */
static bool take_other_way(struct client_transaction *client, enum cause cause, uint64_t now) {
    struct transactions *layer = client->layer;
    struct client_request other = {.bytes = SLICE_NULL};
    char *bytes = layer->events.reroute(client, cause, &other) ? malloc(other.bytes.len) : NULL;
    if (!bytes)
        return false;
    free(client->request);
    keep_request(client, memcpy(bytes, other.bytes.at, other.bytes.len), other.bytes.len);
    client->local = other.flow.local;
    client->remote = other.flow.remote;
    if (is_reliable(&client->remote)) {
        client->on = (struct lookup_node){0};
        client->connection = other.flow.connection;
    } else {
        client->repeat = (struct timer){0};
        timer_set(layer->timers, &client->repeat, now, client->interval, fire_repeat);
    }
    return send_request(client, other.flow.until);
}

/* False: nothing is to be told. */
static bool lose(struct client_transaction *client, enum cause cause, uint64_t now) {
    if (client->state == CLIENT_PROCEEDING || client->given_up)
        return false;
    if (client->unheard) {
        wait_only(client, CLIENT_TERMINATED, now, 0);
        return false;
    }
    if (!take_other_way(client, cause, now))
        fail(client, cause, now);
    return true;
}

bool transactions_unreachable(struct transactions *layer, const struct endpoint *remote, struct slice quoted,
                              enum cause cause, uint64_t now) {
    struct slice method, branch; /* an ACK's find none: it has no transaction */
    struct client_transaction *client = request_identity(quoted, &method, &branch) ? find(layer, branch, method) : NULL;
    if (!client || client->unheard || client->given_up || client->state >= CLIENT_PROCEEDING ||
        client->remote.port != remote->port || !ip_equal(&client->remote.ip, &remote->ip))
        return false;
    stop_repeating(client);
    leave_flow(client);
    return lose(client, cause, now);
}

unsigned transactions_lost(struct transactions *layer, uint64_t connection, enum cause cause, uint64_t now) {
    unsigned late = 0;
    for (struct lookup_node *node; (node = lookup_first(&layer->flows, connection));) {
        lookup_remove(&layer->flows, node);
        late += !lose(of_flow(node), cause, now);
    }
    return late;
}

/* Questions. */

void *client_user(const struct client_transaction *client) {
    return client->user;
}

bool client_provisional(const struct client_transaction *client) {
    return client->provisional;
}

uint64_t client_connection(const struct client_transaction *client) {
    return is_reliable(&client->remote) ? client->connection : 0;
}
