/* SPDX-License-Identifier: MIT */
/* The words of a plan that ask who is registered, and where. The host of the plan machine points vm_host.state to a
 * struct proxy_facts. */
#ifndef FOV_RUNTIME_PROXY_WORDS_LOCATION_H
#define FOV_RUNTIME_PROXY_WORDS_LOCATION_H

#include "runtime/plan/vm.h"

extern const word_table words_location; /* HOME_LOCATION */

#endif
