/* SPDX-License-Identifier: MIT */
/* What stream.c and connection.c share and nobody else sees: all connections, and how one is found. */
#ifndef FOV_RUNTIME_NET_STREAM_SET_H
#define FOV_RUNTIME_NET_STREAM_SET_H

#include "runtime/net/connection.h"
#include "runtime/net/source.h"

enum { STREAM_INBOX = 64 * 1024 };

struct listener;
struct tls;

struct streams {
    struct loop *loop;
    struct stream_limits limits;
    struct upgrade_policy policy;
    struct hash_key key;
    struct stream_events events;
    struct tls *tls; /* NULL: none is spoken here */
    struct timers *timers;
    struct lookup numbers, places, aliases; /* connections that can be sent on */
    struct sources sources;                 /* addresses that have connected */
    struct sources destinations;            /* and those that we have connected to */
    struct connection *connections, *waiting, **waiting_end;
    struct listener *listeners;
    struct timer pause;     /* while no descriptor is left */
    unsigned count, opened; /* opened: those of them that have a destination */
    uint64_t waiting_bytes; /* to leave, on all of them */
    uint64_t newest;        /* number */
    struct stream_counts counts;
    char inbox[STREAM_INBOX]; /* of the read under way */
};

void stream_set_add(struct connection *connection); /* gives it its number */
/* From now on it is found by its other end, too. */
void stream_set_place(struct connection *connection);
/* Nothing is sent on it any more. */
void stream_set_forget(struct connection *connection);
void stream_set_remove(struct connection *connection);
/* May `more` bytes wait on it, behind those that do? If not, that is counted. */
bool stream_set_has_room(struct connection *connection, size_t more);
/* What waits on it is more now, or less. */
void stream_set_weigh(struct connection *connection);
/* It has something for the end of the turn. */
void stream_set_wait(struct connection *connection);

#endif
