/* SPDX-License-Identifier: MIT */
/* What holds of everything that the proxy does, whatever came before:
 *
 *   what leaves can be read by our own scanner, ends its lines in CRLF, says on a stream how long it is, and leaves
 *     from a listener
 *   a request goes where the plan, a Contact of a 3xx, or, within a dialog, a Route or Request-URI says: an address
 *     that somebody named; never to ourselves, a group, or nowhere; a response goes to somebody who asked
 *   a branch is one request to one place: the same bytes again, no more INVITEs once an answer has come, a CANCEL after
 *     a 1xx alone, an ACK after a 300-699
 *   one final response, but for 2xx to an INVITE; none twice with other bytes
 *   nothing starts towards a destination that is held down, but one trial at a time when its time is over, unless
 *     nobody else could be tried
 *   nobody has the server or a destination of the plan put on the block list
 *   one log line is one line, with the keys that we gave it; a record is JSON
 *   while nobody sent what no well-behaved peer sends: everything that runtime/sim/conduct.h demands */
#ifndef FOV_TESTS_FUZZ_PROXY_JUDGE_H
#define FOV_TESTS_FUZZ_PROXY_JUDGE_H

#include "tests/fuzz/proxy_net.h"

void judge_begin(struct net *net);
void judge_end(struct net *net);
/* Came or left: the conduct wants to know both. */
void judge_datagram(struct net *net, const struct datagram *datagram);
/* At the moment when it leaves: marks it when its peer is held down. */
void judge_held(struct net *net, struct datagram *sent);
void judge_log(struct net *net, struct slice line);
void judge_record(struct net *net, struct slice line);

#endif
