/* SPDX-License-Identifier: MIT */
/* The deploy side of the plan machine: a finished value into the outcome. Each answers false when
 * that cannot be, and vm->why says why; only vm.c calls these. */
#ifndef FOV_RUNTIME_PLAN_DEPLOY_H
#define FOV_RUNTIME_PLAN_DEPLOY_H

#include "runtime/plan/vm.h"

bool deploy_header(struct vm *vm, struct outcome_header **list, uint32_t name, struct slice value);
bool deploy_to(struct vm *vm, struct slice value);
bool deploy_environment(struct vm *vm, uint32_t name, struct slice value);
bool deploy_variable(struct vm *vm, enum variable variable, struct slice value);
bool deploy_target(struct vm *vm, struct slice value);
bool deploy_alternate(struct vm *vm, enum transport transport, struct slice value);

#endif
