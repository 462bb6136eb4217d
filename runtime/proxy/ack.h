/* SPDX-License-Identifier: MIT */
/* The ACK to a 2xx: a request of its own, within its dialog, that has no transaction and no second way (RFC 3261
 * 13.2.2.4, 16.6). It is sent, or not. */
#ifndef FOV_RUNTIME_PROXY_ACK_H
#define FOV_RUNTIME_PROXY_ACK_H

#include "runtime/proxy/answer.h"

void ack_forward(struct request *request);

#endif
