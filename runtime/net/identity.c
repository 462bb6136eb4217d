/* SPDX-License-Identifier: MIT */
#include "runtime/net/identity.h"

#include "runtime/sip/uri.h"

#include <stdio.h>
#include <string.h>

static bool is_address(const struct identity *identity, const struct ip_address *ip) {
    return identity->kind == IDENTITY_ADDRESS && identity->value.len == (ip->family == 6 ? 16 : 4) &&
           memcmp(identity->value.at, ip->bytes, identity->value.len) == 0;
}

/* RFC 5922 7.1: the host of a sip: URI without a user, else, when there is no such URI, a DNS name. The null slice:
 * none. */
static struct slice domain_of(const struct identity *identity, bool uris) {
    struct sip_uri uri;
    if (uris && identity->kind == IDENTITY_URI && uri_parse(&uri, identity->value, 0) == 0 && uri.scheme == URI_SIP &&
        !uri.user.at)
        return uri.host;
    return !uris && identity->kind == IDENTITY_DNS ? identity->value : SLICE_NULL;
}

static bool has_uris(const struct identity *list, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        if (domain_of(&list[i], true).at)
            return true;
    return false;
}

/* Compared as a whole, but for letter case: an asterisk stands for nothing but itself. */
bool identity_proves(const struct identity *list, unsigned count, struct slice host) {
    struct ip_address ip;
    bool uris = has_uris(list, count);
    host = host_without_root(host);
    bool numeric = ip_parse(&ip, host);
    for (unsigned i = 0; i < count; i++) {
        struct slice domain = domain_of(&list[i], uris);
        if (numeric ? is_address(&list[i], &ip) : domain.at && slice_same(domain, host))
            return true;
    }
    return false;
}

void identity_tell(const struct identity *list, unsigned count, char *text, size_t size) {
    bool uris = has_uris(list, count);
    size_t used = 0;
    for (unsigned i = 0; i < count && used < size; i++) {
        struct slice domain = domain_of(&list[i], uris);
        if (domain.at)
            used += (size_t)snprintf(text + used, size - used, "%s%.*s", used ? ", " : "", SLICE_ARG(domain));
    }
    if (!used)
        snprintf(text, size, "no SIP identity (RFC 5922 7.1)");
}
