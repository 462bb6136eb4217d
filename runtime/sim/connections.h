/* SPDX-License-Identifier: MIT */
/* The streams of the virtual network: connections that parties and fov open, without delay, and how they end. */
#ifndef FOV_RUNTIME_SIM_CONNECTIONS_H
#define FOV_RUNTIME_SIM_CONNECTIONS_H

#include "grammar/causes.h"
#include "runtime/sim/world.h"
#include "runtime/sip/stream.h"

/* How a place meets who wants to connect. It fails: at what TLS has to agree on. */
enum sim_manner { SIM_REFUSES, SIM_ACCEPTS, SIM_IGNORES, SIM_FAILS };

struct sim_peer {
    struct sim_peer *next; /* the newest first; where nobody is, connections are refused */
    struct endpoint at;
    enum sim_manner manner;
    struct slice identity; /* what its certificate names; null: whatever is asked for */
};

enum sim_state {
    SIM_OPENING, /* in vain, unless the peer accepts meanwhile: at `due` fov is told */
    SIM_OPEN,
    SIM_CLOSED, /* the same */
    SIM_GONE
};

struct sim_held { /* a message that waits for its connection */
    struct sim_held *next;
    uint64_t due;          /* UINT64_MAX: it waits as long as that is opened */
    struct endpoint local; /* that it leaves from */
    struct slice bytes;
};

struct sim_connection {
    struct sim_connection *next; /* the newest first */
    uint64_t number;             /* 1 is the first of the story */
    struct endpoint local, remote;
    struct endpoint peer; /* whose it is: where that one listens */
    bool opened;          /* by fov */
    bool heard, aside;    /* something has come on it; and it is of no use to others any more */
    uint64_t heard_at;    /* ms since the beginning, the last time */
    uint16_t alias;       /* port of the other end that it stands for; 0: none */
    enum sim_state state;
    uint64_t due;
    enum cause cause;
    struct sim_held *held; /* the oldest first */
    struct stream framing;
};

/* From now on connections to a peer are met like this; who accepts takes those that wait for him, too, whoever
 * he is. False: out of
 * memory. */
bool sim_world_meet(struct sim_world *world, const struct sim_peer *peer);
/* The newest connection with a peer that is still there; NULL: none. */
struct sim_connection *sim_world_connection(const struct sim_world *world, const struct endpoint *peer);
/* A peer opens one to fov. NULL: out of memory. */
struct sim_connection *sim_world_connect(struct sim_world *world, const struct endpoint *peer,
                                         const struct endpoint *local);
/* Bytes arrive on it now: whole messages, parts of one, several. */
void sim_world_stream(struct sim_world *world, struct sim_connection *connection, struct slice bytes);
/* It is closed by its other end now. */
void sim_world_close_connection(struct sim_world *world, struct sim_connection *connection);

/* What the world itself asks. */

/* As world.send(): what finds an open connection, or is met by a peer that accepts, leaves now. */
uint64_t connections_send(struct sim_world *world, const struct sip_flow *flow, struct slice bytes);
/* As world.withdraw(). */
bool connections_withdraw(struct sim_world *world, uint64_t number, struct slice bytes);
/* As world.connection(). */
uint64_t connections_find(const struct sim_world *world, const struct endpoint *remote);
/* As world.alias(). */
void connections_alias(struct sim_world *world, uint64_t number, uint16_t port);
/* As world.doubt(); `since` in ms since the beginning. */
void connections_doubt(struct sim_world *world, uint64_t number, uint64_t since);
/* When the next loss, or a message that has waited in vain, is to be told, in ms since the beginning; UINT64_MAX: none is. */
uint64_t connections_due(const struct sim_world *world);
/* Tells fov of one that is due; false: there is none. */
bool connections_tell(struct sim_world *world);
/* All are gone, and nobody is told. */
void connections_forget(struct sim_world *world);
void connections_free(struct sim_world *world);

#endif
