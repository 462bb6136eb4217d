/* SPDX-License-Identifier: MIT */
/* Call records: one line of JSON for each INVITE that started a call, written when its final answer
 * is known. */
#ifndef FOV_RUNTIME_PROXY_RECORD_H
#define FOV_RUNTIME_PROXY_RECORD_H

#include "runtime/proxy/call.h"

struct record {
    const struct sip_message *request;
    const struct endpoint *source;
    int32_t rule;                   /* -1: none */
    struct slice user;              /* who is authenticated; null: nobody */
    struct slice log;               /* $log; null: none */
    const struct attempt *attempts; /* NULL: none */
    struct slice uri;               /* Request-URI after route preprocessing */
    uint64_t started, now;
    int64_t started_unix;
    unsigned code; /* 0: not answered (dropped) */
    bool cancelled;
};

/*
 * {"time":"2026-01-31T12:00:00.000Z","call_id":"...","from":"...","to":"...","request_uri":"...","source":"...",
 *  "user":"...",              only of one who is authenticated
 *  "rule":"...",              its name or "rule 3"; null when no rule held
 *  "rule_line":"12",          where it starts in the plan, "sub/other.txt:12" in an included file
 *  "log":"...",               only with $log
 *  "attempts":[{"uri":"...","destination":"192.0.2.1:5060","transport":"UDP","cause":"timeout-inviting",
 *               "code":486,   only for a final
 *               "start_ms":0,"first_response_ms":12,"end_ms":30}, ...],     offsets from "time"
 *  "result":"answered",       answered, failed, cancelled, dropped
 *  "final":200,"duration_ms":1234}      final: the code that the caller got, 0 for none
 *
 * An attempt that has not ended has no cause, no code and no end. The log gets the call's end too.
 */
void record_write(struct proxy *proxy, const struct record *record);

#endif
