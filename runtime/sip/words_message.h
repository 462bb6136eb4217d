/* SPDX-License-Identifier: MIT */
/* What the plan machine asks about the request that it judges: headers, the words of HOME_MESSAGE, and what is a URI.
 * The host of the machine points vm_host.message to a struct sip_facts. */
#ifndef FOV_RUNTIME_SIP_WORDS_MESSAGE_H
#define FOV_RUNTIME_SIP_WORDS_MESSAGE_H

#include "runtime/plan/vm.h"
#include "runtime/sip/address.h"
#include "runtime/sip/scan.h"
#include "runtime/sip/uri.h"

/* One for each evaluation; zeroed but for the first three members. */
struct sip_facts {
    const struct sip_message *message; /* the request as it was received */
    const struct endpoint *source, *local;
    struct slice *unfolded; /* of folded header lines that were read: by line, in the outcome's arena */
};

extern const word_table words_message; /* HOME_MESSAGE */

/* The hooks of vm_host, in its order. */
int message_header(struct vm *vm, enum header header, struct slice name, unsigned index, struct slice *value);
int message_to(struct vm *vm, struct slice value, struct slice *header_value, struct slice *uri);
bool message_is_uri(struct slice text);
bool message_is_target(struct slice text);

/* The Request-URI as the plan has it so far: what $request says, else the destination of To unless $replaceuri is
 * false, else as it came. */
struct slice message_request_uri(const struct sip_message *request, const struct outcome *outcome);

/* An argument "URI or host": the SIP, SIPS or TEL URI in a header value, a text or a request line, else "host",
 * "host:port" or an IP address (then without a user). False: none of these. */
bool message_host(struct slice text, struct sip_uri *uri);

#endif
