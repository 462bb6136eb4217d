/* SPDX-License-Identifier: MIT */
/* The words of a plan that read how much is going on: sessions, starts per second, requests under way. The host of the
 * plan machine points vm_host.state to a struct proxy_facts. */
#ifndef FOV_RUNTIME_PROXY_WORDS_LIMIT_H
#define FOV_RUNTIME_PROXY_WORDS_LIMIT_H

#include "runtime/proxy/words_state.h"

extern const word_table words_limit; /* HOME_LIMIT */

#endif
