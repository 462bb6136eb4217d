/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/dialog.h"

#include "runtime/proxy/branch.h"

bool dialog_recorded(enum method method) {
    switch (method) {
    case METHOD_INVITE:
    case METHOD_SUBSCRIBE:
    case METHOD_NOTIFY:
    case METHOD_REFER:
    case METHOD_UPDATE:
    case METHOD_OTHER: return true;
    case METHOD_ACK:
    case METHOD_CANCEL:
    case METHOD_BYE:
    case METHOD_REGISTER:
    case METHOD_OPTIONS:
    case METHOD_MESSAGE:
    case METHOD_INFO:
    case METHOD_PRACK:
    case METHOD_PUBLISH: return false;
    }
    return false;
}

void dialog_cookie(const struct hash_key *key, struct slice call_id, char cookie[COOKIE_LENGTH]) {
    hex_text(hash_keyed(key, call_id.at, call_id.len), cookie);
}

bool dialog_named(const struct hash_key *key, struct slice call_id, struct slice params) {
    struct slice given;
    if (!call_id.at || !uri_param(params, SLICE(COOKIE_PARAM), &given) || given.len != COOKIE_LENGTH)
        return false;
    char cookie[COOKIE_LENGTH];
    dialog_cookie(key, call_id, cookie);
    unsigned char differences = 0;
    for (unsigned i = 0; i < COOKIE_LENGTH; i++)
        differences |= (unsigned char)(cookie[i] ^ given.at[i]);
    return differences == 0;
}
