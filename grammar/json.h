/* SPDX-License-Identifier: MIT */
/* Looks a value up in one line of JSON, as stories name it: "result", "attempts.1.cause" (elements count from 1). It
 * reads what our own records are made of and answers "not there" for anything broken. */
#ifndef FOV_GRAMMAR_JSON_H
#define FOV_GRAMMAR_JSON_H

#include "grammar/arena.h"

/* The value as text: strings without quotes and escapes, numbers and truth values as written, null as "null", an array
 * or object as the number of its elements. False: there is no such path. */
bool json_find(struct slice json, struct slice path, struct arena *arena, struct slice *value);

#endif
