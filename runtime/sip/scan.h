/* SPDX-License-Identifier: MIT */
/* The scanner: one pass over a datagram or a framed message. It finds the start line, the headers and the few fields
 * that every message needs, and it is the fence: what it lets through keeps the bounds below. Nothing is copied or
 * changed; every slice points into the message. RFC 3261 7, 25; the bounds are ours.
 *
 * Strict: start line, Request-URI (no headers in it), header names, top Via, From, To, CSeq, Max-Forwards,
 * Content-Length, headers that may come once (of a response only those that are read here), closed quotes in the
 * headers that are bounded by parameters. Liberal: line ends (a bare LF is one, a bare CR never), blanks before a
 * colon, folding, line ends before the start line, and everything in headers and bodies that a proxy has no business
 * with, Max-Forwards in a response with them. NUL stands in quoted strings and bodies only. Parameters are counted in
 * From, To, Via, Contact, Route, Record-Route, Path, Refer-To, Referred-By (those of the URI too), in credentials and
 * challenges, in Proxy-Require (its values) and in the Request-URI. */
#ifndef FOV_RUNTIME_SIP_SCAN_H
#define FOV_RUNTIME_SIP_SCAN_H

#include "grammar/slice.h"
#include "grammar/protocol.h"

enum {
    SIP_MESSAGE_MAX = 64 * 1024,
    SCAN_MENDED_MAX = SIP_MESSAGE_MAX + 1,
    SIP_HEADERS_MAX = 128,                /* lines of a request */
    SIP_VIAS_MAX = 72,                    /* of a request; its response comes back with ours besides */
    SIP_LINES_MAX = SIP_HEADERS_MAX + 16, /* of a response: with what was added on the way, and the callee's own */
    SIP_PARAMS_MAX = 64,                  /* of one header value */
    SIP_VALUE_MAX = 4096, /* bytes of From, To, Call-ID, CSeq, top Via: every response carries them again */
};

struct sip_header {
    uint16_t id;      /* enum header, HEADER_OTHER */
    uint32_t at, end; /* the whole line(s), with the final line end */
    uint32_t name, name_length;
    uint32_t value, value_length; /* trimmed, folding still in it */
};

struct sip_via {                                           /* the topmost one */
    struct slice transport, host, branch, received, maddr; /* host: without brackets' being stripped */
    uint16_t port;                                         /* 0: none */
    bool rport;                                            /* the parameter is there (with or without a value) */
    bool alias;                                            /* so is this one (RFC 5923) */
    uint32_t at, end; /* this one value in the message, without the comma or line end behind it */
    uint32_t header;  /* its line: index in headers[] */
    bool magic;       /* the branch starts with z9hG4bK, and something stands behind it */
};

struct sip_message {
    struct slice bytes; /* from the start line; a UDP datagram is cut behind Content-Length */
    bool request;
    enum method method;            /* of a request, or of CSeq in a response */
    struct slice method_name, uri; /* request */
    uint32_t uri_at;
    unsigned status; /* response */
    struct slice reason;

    struct sip_header headers[SIP_LINES_MAX];
    unsigned header_count;
    uint16_t first[HEADER_COUNT]; /* index of the first line + 1; 0: absent */
    uint32_t body;                /* offset; the empty line stands before it */
    bool bare;                    /* a line before it ends in LF alone: scan_mend() */

    struct sip_via via;
    unsigned via_count;
    struct slice call_id, from_tag, to_tag; /* null: absent */
    uint32_t cseq;
    struct slice cseq_method;
    int max_forwards; /* -1: absent */
};

enum scan_verdict {
    SCAN_OK,
    SCAN_SILENT,    /* nothing can be answered, or should: not SIP, a bad response, no usable Via */
    SCAN_REFUSED,   /* answer `code` */
    SCAN_KEEPALIVE, /* nothing, or line ends, blanks and NULs alone: RFC 5626 */
};

struct scan_result {
    enum scan_verdict verdict;
    unsigned code;      /* 400, 505 ... */
    const char *reason; /* for the reason phrase and the log: "400 <reason>"; a static text */
};

/* `data` of one datagram; `message` is filled as far as the scan came (enough to answer when SCAN_REFUSED). */
struct scan_result scan_message(struct sip_message *message, const char *data, size_t length);

/* The message with CRLF at the end of every line (7), as far as there is room: what fills it all is too large. Its
 * length. Who sends a message on as it came lets the next hop, which may take a LF for text, read other headers, and on
 * a stream another end of it. */
size_t scan_mend(const struct sip_message *message, char out[SCAN_MENDED_MAX]);

/* The raw value of header line n; unfolding is values.h's. */
struct slice scan_value(const struct sip_message *message, unsigned header);
/* Next line with this id after index `from` (-1 to start); -1 for none. */
int scan_next(const struct sip_message *message, enum header id, int from);
/* The same for any header name (HEADER_OTHER ones), without letter case. */
int scan_next_named(const struct sip_message *message, struct slice name, int from);

#endif
