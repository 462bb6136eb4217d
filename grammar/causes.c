/* SPDX-License-Identifier: MIT */
#include "grammar/causes.h"

const char *const causes[CAUSE_COUNT] = {
    "",
#define CAUSE(ID, NAME, ...) NAME,
#include "grammar/causes.def"
};

const enum cause_kind cause_kinds[CAUSE_COUNT] = {
    CAUSE_KIND_NEITHER,
#define CAUSE(ID, NAME, KIND, DOC) CAUSE_KIND_##KIND,
#include "grammar/causes.def"
};
