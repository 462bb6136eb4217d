/* SPDX-License-Identifier: MIT */
/* The second half of the scanner, when the lines are known: the values that every message needs, and the bounds of the
 * values that somebody takes apart. For scan.c alone. */
#ifndef FOV_RUNTIME_SIP_SCAN_FIELDS_H
#define FOV_RUNTIME_SIP_SCAN_FIELDS_H

#include "runtime/sip/scan.h"

struct scan {
    struct sip_message *message;
    const char *fault;  /* the first thing that breaks the fence: 400 */
    bool too_large;     /* and that is its length: 513 */
    bool foreign;       /* not SIP at all */
    bool other_version; /* SIP, not 2.0: 505 */
};

void scan_refuse(struct scan *scan, const char *reason);
bool scan_is_token(struct slice s);
size_t scan_digits(struct slice s, size_t start); /* how many stand there */

void scan_fields(struct scan *scan);

#endif
