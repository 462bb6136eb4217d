/* SPDX-License-Identifier: MIT */
#include "runtime/net/trace.h"

#include "runtime/sip/scan.h"

/* The message is scanned again for its names: nobody counts microseconds at this level. */
void trace_message(struct log *log, const char *event, const struct endpoint *from, const struct endpoint *to,
                   struct slice bytes) {
    char from_text[ENDPOINT_TEXT], to_text[ENDPOINT_TEXT], call_id[300], line[300], method[48];
    struct sip_message message;
    if (log->level < LOG_DEBUG)
        return;
    bool named = scan_message(&message, bytes.at, bytes.len).verdict == SCAN_OK;
    log_printf(log, LOG_DEBUG, "event=%s call-id=%s from=%s to=%s cseq=%u method=%s bytes=%zu line=%s", event,
               log_value(named ? message.call_id : SLICE_EMPTY, call_id, sizeof call_id),
               endpoint_text(from, from_text), endpoint_text(to, to_text), named ? message.cseq : 0,
               log_value(named ? message.cseq_method : SLICE_EMPTY, method, sizeof method), bytes.len,
               log_value(slice_cut(bytes, 0, slice_find(bytes, 0, '\r')), line, sizeof line));
}
