/* SPDX-License-Identifier: MIT */
/* The network of one fuzz run: virtual time, everything that came to the proxy and everything that left it. What leaves
 * is judged at once (proxy_judge.h); a broken promise aborts with its name and the ladder so far. */
#ifndef FOV_TESTS_FUZZ_PROXY_NET_H
#define FOV_TESTS_FUZZ_PROXY_NET_H

#include "runtime/proxy/proxy.h"
#include "runtime/sim/play.h"
#include "tests/fuzz/proxy_names.h"
#include "tests/fuzz/proxy_plans.h"

struct datagram {
    struct endpoint peer; /* who sent it, or who gets it */
    struct endpoint local;
    struct slice bytes; /* owned, of that size exactly: a sanitizer sees a byte too far */
    uint64_t at;
    bool left;             /* the proxy sent it */
    bool readable;         /* what follows is filled in */
    bool request, refused; /* refused: the fence answers it */
    bool known;            /* when it left something was held against its peer */
    bool held;             /* and it was held down, or on trial for somebody else */
    bool passed;           /* and this call had passed it over */
    enum method method;    /* of CSeq */
    unsigned status;
    uint16_t via_port;
    struct slice via, branch, call_id, cseq, to_tag, host; /* via: the top one's text */
};

enum { NET_DATAGRAMS = 2, NET_LISTENERS = 8, NET_CONNECTIONS = 8, NET_ENDS = 4, NET_HELD = 32 };

struct connection {
    uint64_t number;
    struct endpoint remote;
};

struct net_held { /* a destination that the log has said to be held down */
    char at[ENDPOINT_TEXT];
    uint64_t until;
    char trial[64];  /* Call-ID of who tries it after that; "": nobody */
    char passed[64]; /* of who passed it over last */
};

struct net {
    const struct proxy_plan *plan;
    struct proxy_settings settings;
    struct endpoint listeners[NET_LISTENERS];
    struct ip_address addresses[NET_LISTENERS];
    struct slice domains[1];
    struct proxy *proxy;
    struct world world;
    struct name_servers servers;
    uint64_t now;
    long blocks;     /* alive before it was opened */
    bool hostile;    /* something came that no well-behaved peer sends */
    bool starved;    /* an allocation may have failed */
    bool running;    /* inside an event of the proxy */
    uint64_t ticket; /* of what the store was asked to keep, and has not said to have; 0: none */
    unsigned judged; /* datagrams */
    struct connection connections[NET_CONNECTIONS]; /* number 0: none */
    uint64_t newest;                                /* number of a connection */
    struct datagram *datagrams;
    unsigned count, room, received, invites, records;
    struct net_held held[NET_HELD]; /* by the order in which they came */
    unsigned held_count;
    uint64_t freed;    /* when one of them answered last */
    struct play *play; /* for conduct.h; NULL: not looked at any more */
    struct arena arena;
};

enum net_option {
    NET_RELAY_ALL = 1,
    NET_NO_FAILOVER = 2,
    NET_NO_RECORD_ROUTE = 4,
    NET_DOMAIN = 8,
    NET_ADVERTISE = 16,
    NET_OPTIONS = 32,
    NET_STREAMS = 64, /* it listens for streams, too */
    NET_HOLD_DOWN = 128,
    NET_ALL = 255
};

/* False: out of memory, on purpose. */
bool net_open(struct net *net, const struct proxy_plan *plan, unsigned options);
void net_receive(struct net *net, const struct endpoint *source, struct slice bytes);
/* ICMP about a datagram that left, which quotes so many bytes of it. */
void net_unreachable(struct net *net, const struct datagram *sent, size_t quoted);
/* One of the latest connections is no more, in one of NET_ENDS ways. */
void net_lose(struct net *net, unsigned n, unsigned end);
void net_pass(struct net *net, uint64_t ms);
void net_drain(struct net *net);
/* Lets every timer run out: nothing may stay. */
void net_close(struct net *net);

struct endpoint net_place(const char *ip, uint16_t port);
/* Does the proxy listen there? */
bool net_is_own(const struct net *net, const struct endpoint *place);
/* Aborts with the name of the promise. */
void net_promise(const struct net *net, bool kept, const char *what);

#endif
