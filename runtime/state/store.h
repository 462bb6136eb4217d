/* SPDX-License-Identifier: MIT */
/* What is kept across restarts, in our own words: rows. The proxy reads none of them from a store: everything is in its
 * memory, and rows come in as news (at the start, and whenever somebody else has changed the store) and go out as
 * changes of its own (world.h). An embedded database keeps them; a shared one could, with the same rows. */
#ifndef FOV_RUNTIME_STATE_STORE_H
#define FOV_RUNTIME_STATE_STORE_H

#include "runtime/sip/address.h"

enum store_kind {
    STORE_SETTING, /* what the server says about itself to fovctl: its realm */
    STORE_USER,
    STORE_ALIAS,
    STORE_BINDING,
    STORE_BLOCK,
    STORE_KINDS
};

enum { STORE_TEXT_MAX = 4096 }; /* bytes of any text in a row */

struct store_setting { /* key: name */
    struct slice name, value;
};

/* Key: name. Secrets are HA1 values (RFC 7616 3.4.2), hexadecimal, lower case; null for an algorithm without one. */
struct store_user {
    struct slice name, realm;
    struct slice md5, sha256;
    struct slice
        allow; /* names that this user may register and call as, besides the own one: "a,b" or "*"; may be empty */
    bool push; /* is in the push-notification table ($pn.user) */
};

struct store_alias { /* key: group, alias */
    struct slice group, alias, entity;
};

struct store_binding {    /* key: user, contact */
    struct slice user;    /* user part of the address-of-record, unescaped */
    struct slice contact; /* URI as it was registered */
    struct slice call_id;
    struct slice path; /* values of Path in their order, separated by commas; may be empty */
    uint32_t cseq;
    uint16_t q;                      /* thousandths */
    int64_t expires;                 /* ms since 1970 */
    struct endpoint received, local; /* where the REGISTER came from, and to */
    bool nat;                        /* requests go to `received`, not to the contact's host */
    bool
        bound; /* nothing but the connection that it registered on leads to it: without that there is no such contact */
    struct slice instance; /* of a client that uses outbound (RFC 5626); else empty */
    uint32_t reg_id;       /* which of its flows; else 0 */
    uint64_t connection;   /* that it registered on; 0: none. Of this run alone, and in no store */
};

struct store_block { /* key: ip */
    struct ip_address ip;
    int64_t expires; /* ms since 1970; 0: never */
};

struct store_row {
    enum store_kind kind;
    bool gone; /* the row with this key is no more; only the key is given */
    union {
        struct store_setting setting;
        struct store_user user;
        struct store_alias alias;
        struct store_binding binding;
        struct store_block block;
    };
};

#endif
