/* SPDX-License-Identifier: MIT */
/* The name servers of a fuzz run: they answer every question after a while, with what a hash of it says: good records,
 * bad ones, none, an error, or nothing at all. */
#ifndef FOV_TESTS_FUZZ_PROXY_NAMES_H
#define FOV_TESTS_FUZZ_PROXY_NAMES_H

#include "runtime/proxy/proxy.h"

enum { NAME_QUESTIONS = 32 };

struct name_question {
    uint32_t id;
    uint64_t due, hash;
    enum dns_type type;
};

struct name_servers {
    struct name_question questions[NAME_QUESTIONS];
    unsigned count;
};

/* False: too many at one time. */
bool names_ask(struct name_servers *servers, uint32_t id, struct slice name, enum dns_type type, uint64_t now);
/* When the next answer comes; UINT64_MAX: nobody waits for one. */
uint64_t names_due(const struct name_servers *servers);
/* Gives away the answer that is due first, with its records in `records`. */
struct dns_answer names_take(struct name_servers *servers, struct dns_record records[DNS_RECORDS_MAX], uint32_t *id);
/* Does any name lead there? */
bool names_lead_to(const struct ip_address *ip);

#endif
