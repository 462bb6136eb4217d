/* SPDX-License-Identifier: MIT */
/* How a proxy is set up: what fovrun's options of the same names say (options.def). Whoever fills it in owns what it
 * points to. */
#ifndef FOV_RUNTIME_PROXY_SETTINGS_H
#define FOV_RUNTIME_PROXY_SETTINGS_H

#include "grammar/arena.h"
#include "grammar/option.h"
#include "runtime/proxy/world.h"
#include "runtime/sip/transaction.h"

struct preset {
    struct slice name, value;
};

/* Which requests are challenged when the plan does not say ($auth), as soon as there are users. */
enum auth_scope {
    AUTH_NONE,
    AUTH_REGISTER,
    AUTH_INVITE, /* and REGISTER */
    AUTH_ALL,    /* every request that starts something */
};

/* Algorithms of the challenges. */
enum auth_digest { AUTH_DIGEST_BOTH, AUTH_DIGEST_SHA256, AUTH_DIGEST_MD5 };

struct proxy_settings {
    struct transaction_settings timers;
    uint32_t timer_c;   /* ms; over 3 minutes by RFC 3261 16.6 (11) */
    bool failover;      /* --failover */
    uint32_t hold_down; /* ms; --hold-down; 0: off */
    bool record_route;  /* --record-route */
    bool relay_all;     /* --relay=all */
    enum log_level log_level;
    const struct slice *domains; /* --domain: names that are ours */
    unsigned domain_count;
    const struct endpoint *listeners; /* what we listen on; a wildcard stands for every address of `addresses` */
    unsigned listener_count;
    const struct ip_address *addresses; /* the machine's own */
    unsigned address_count;
    struct slice advertise; /* host of --advertise, empty for none: ours too */
    uint16_t advertise_port;
    const struct preset *presets; /* -e: environment variables that every request starts with */
    unsigned preset_count;

    struct slice realm; /* of digest authentication */
    enum auth_scope auth;
    enum auth_digest auth_digest;
    uint32_t expires_least, expires_default, expires_most; /* seconds; of a registration */
    unsigned contacts_max;                                 /* of one user */
    unsigned registrations_max;                            /* contacts of all users */
    uint32_t flow_timer;           /* seconds within which a client on a connection is to say something */
    uint32_t keepalive;            /* ms between two datagrams to a contact behind a NAT; 0: none */
    bool keepalive_options;        /* they are OPTIONS requests, else CRLF */
    uint32_t max_session;          /* ms; a session that nothing ends lasts so long */
    uint32_t block_time;           /* ms that $action = block lasts */
    unsigned blocks_max;           /* sources on the block list */
    const struct ip_block *exempt; /* --block-exempt: never blocked */
    unsigned exempt_count;
};

/* Settings that are being read, and the lists that they point to, which grow in the arena. */
struct settings_reader {
    struct proxy_settings *settings;
    struct arena *arena;
    struct slice *domains;
    struct preset *presets;
    struct ip_block *exempt;
    bool out_of_memory;
};

/* Is it one of the proxy's? The others are the server's own. */
bool settings_has(enum option option);
/* NULL, or what was expected instead. The value must outlive the settings. Without memory it is not kept. */
const char *settings_read(struct settings_reader *reader, enum option option, const char *value);
/* Goes on with the settings that another reader has filled in, into lists of its own. */
void settings_go_on(struct settings_reader *reader, struct proxy_settings *settings);

#endif
