/* SPDX-License-Identifier: MIT */
/* The words of the plan that ask the tables of users and aliases (HOME_DIRECTORY). The host of the machine points
 * vm_host.state to a struct proxy_facts. */
#ifndef FOV_RUNTIME_PROXY_WORDS_DIRECTORY_H
#define FOV_RUNTIME_PROXY_WORDS_DIRECTORY_H

#include "runtime/plan/vm.h"

extern const word_table words_directory;

#endif
