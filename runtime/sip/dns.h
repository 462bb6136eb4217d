/* SPDX-License-Identifier: MIT */
/* What name servers are asked and what they say, as far as a SIP server wants to know (RFC 1035, RFC 2308, RFC 2782,
 * RFC 3403, RFC 3596). Types alone: who asks is above, who reads the bytes is in net/. */
#ifndef FOV_RUNTIME_SIP_DNS_H
#define FOV_RUNTIME_SIP_DNS_H

#include "grammar/value.h"

enum {
    DNS_NAME_MAX = 255,   /* bytes of a name as text, without the root's dot */
    DNS_RECORDS_MAX = 32, /* of one answer; what is more is left out, of the last in order first */
};

enum dns_type { DNS_A, DNS_AAAA, DNS_SRV, DNS_NAPTR, DNS_TYPES };

enum dns_status {
    DNS_FOUND,
    DNS_NODATA,   /* the name is there, and has no such record */
    DNS_NXDOMAIN, /* there is no such name */
    /* From here on nobody knows. */
    DNS_FAILED,   /* no name server could be asked, or what it says cannot be read */
    DNS_REFUSED,  /* the name servers will not say */
    DNS_SERVFAIL, /* they cannot tell */
    DNS_SILENT,   /* nobody said anything in time */
};

static inline bool dns_is_failure(enum dns_status status) {
    return status >= DNS_FAILED;
}

struct dns_record {
    struct ip_address ip;        /* A, AAAA */
    uint16_t order, preference;  /* of a NAPTR; of an SRV its priority and weight */
    uint16_t port;               /* SRV */
    struct slice name;           /* an SRV's target, a NAPTR's replacement; empty: the root */
    struct slice service, flags; /* NAPTR */
};

struct dns_answer {
    enum dns_status status;
    uint32_t ttl; /* seconds; 0 without DNS_FOUND: nobody said how long it is so */
    unsigned count;
    const struct dns_record *records;
};

#endif
