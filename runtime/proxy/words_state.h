/* SPDX-License-Identifier: MIT */
/* The words of a plan that read what the server knows: clock, own names, session number, chance.
 * The host of the plan machine points vm_host.state to a struct proxy_facts. */
#ifndef FOV_RUNTIME_PROXY_WORDS_STATE_H
#define FOV_RUNTIME_PROXY_WORDS_STATE_H

#include "runtime/proxy/core.h"

/* One for each request, the same for both lists of rules: what is read twice is the same. */
struct proxy_facts {
    struct proxy *proxy;
    const struct sip_message *request;
    struct slice next_hop; /* URI of the first Route that is not ours; null: none */
    int64_t unix_ms;       /* of arrival */
    uint64_t sid;          /* $sid */
    uint64_t chance;       /* this request's random number: each call site of $math.rand makes its own of it */
};

extern const word_table words_state; /* HOME_STATE */

#endif
