/* SPDX-License-Identifier: MIT */
/* Our own strict reader of SIP, SIPS and TEL URIs (RFC 3261 19.1, 25.1; RFC 3966) and of the name-addr around them.
 * Slices point into the text; nothing is unescaped. The compiler uses it on plans, the server on messages. */
#ifndef FOV_RUNTIME_SIP_URI_H
#define FOV_RUNTIME_SIP_URI_H

#include "grammar/value.h"

enum uri_scheme { URI_SIP, URI_SIPS, URI_TEL, URI_OTHER };

struct sip_uri {
    struct slice text; /* all of it */
    enum uri_scheme scheme;
    struct slice scheme_name;
    struct slice user;     /* null: no '@'; without the password */
    struct slice password; /* null: none */
    struct slice host;     /* IPv6 with its brackets; empty in "sip:user@" */
    uint16_t port;         /* 0: none */
    bool port_given;
    struct slice params;  /* ";a=b;c", from the first ';', empty for none */
    struct slice headers; /* "?a=b&c=d" */
    struct ip_address ip; /* family 0: the host is a name */
};

enum uri_options {
    URI_EMPTY_HOST = 1, /* plans may say sip:user@ */
};

/* The whole of `text` is a URI: 0, or the 1-based place of what is wrong (for a caret). Unknown schemes are accepted
 * as URI_OTHER when RFC 3261's absoluteURI is kept. */
size_t uri_parse(struct sip_uri *uri, struct slice text, unsigned options);

/* Behind the scheme that text starts with (where its colon should stand); 0: there is none. */
size_t uri_scheme_end(struct slice text);

/* uri_parse for "host" or "host:port", as in $target: the URI has neither scheme, user, parameters nor headers. */
size_t uri_hostport(struct sip_uri *uri, struct slice text);

/* Value of ;name or ;name=value in a list of parameters of a URI or a header, as it stands there (a quoted string with
 * its quotes). False: absent, *value is null. An empty value: there, without '='. */
bool uri_param(struct slice params, struct slice name, struct slice *value);

/* A host name may be written with the root's dot at its end: without it. */
struct slice host_without_root(struct slice host);

/* Behind the LWS (RFC 3261 25.1) that stands at i, if any. */
size_t blanks_end(struct slice s, size_t i);
/* Behind the token that starts at i, which may be empty. */
size_t token_end(struct slice s, size_t i);
/* Behind the quoted string that starts at i; s.len + 1 when it is not closed. */
size_t quoted_end(struct slice s, size_t i);
/* The parameter whose ';' stands at *at: *at moves behind it and the blanks that follow, to the next ';' or the end.
 * False: there *at is the place of what is wrong. */
bool param_next(struct slice params, size_t *at, struct slice *name, struct slice *value);
/* Is it a generic-param of a header (25.1): the name a token, the value a token, a host or a quoted string? An IPv6
 * address without brackets passes (RFC 5118 4.5). */
bool param_is_generic(struct slice name, struct slice value);

struct sip_name_addr {
    struct slice display; /* with its quotes, trimmed; empty for none */
    struct slice uri;     /* without <> */
    struct slice params;  /* behind the URI, from the first ';' */
    bool brackets;
};

/* One value (no commas outside quotes and <>): RFC 3261 20.10's rule for ';' without brackets. 0, or the 1-based
 * place of what is wrong. The URI has a scheme and no byte that could end it elsewhere; uri_parse judges the rest. */
size_t name_addr_parse(struct sip_name_addr *address, struct slice text);

/* Next value of a comma-separated header (quotes and <> respected, empty values passed over); false at the end. *rest
 * advances. */
bool list_next(struct slice *rest, struct slice *value);

/* Is `tag` one of its values, in whatever letter case? */
bool list_has(struct slice list, struct slice tag);

/* RFC 3261 19.1.4 */
bool uri_equal(const struct sip_uri *a, const struct sip_uri *b);

#endif
