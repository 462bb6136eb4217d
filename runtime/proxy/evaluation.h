/* SPDX-License-Identifier: MIT */
/* The plan run on a request, and what it says at once: answers of its own, requests that are dropped, credentials that
 * are wanted. What else it decided is in request->outcome; where that leads is destination.h's. */
#ifndef FOV_RUNTIME_PROXY_EVALUATION_H
#define FOV_RUNTIME_PROXY_EVALUATION_H

#include "runtime/proxy/answer.h"

/* Both: false when that was the end of it, and it has been answered, or dropped. Out of memory is an answer, too. */

/* The preliminary rules. They see every request but ACKs; within a dialog only an answer of theirs counts. */
bool evaluation_preliminary(struct request *request);
/* The rules; then whoever must say who he is has said it. */
bool evaluation_rules(struct request *request);

#endif
