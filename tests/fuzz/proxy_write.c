/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/proxy_write.h"

#include "runtime/sip/digest.h"
#include "runtime/sip/uri.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PICK(program, table) (table)[program_take(program, sizeof(table) / sizeof *(table))]

static struct sip_message seen_message;

unsigned program_take(struct program *program, unsigned bound) {
    return program->at < program->end ? *program->at++ % bound : 0;
}

static void put(struct letter_text *text, struct slice bytes) {
    if (bytes.len > sizeof text->at - text->len)
        bytes.len = sizeof text->at - text->len;
    if (bytes.len)
        memcpy(text->at + text->len, bytes.at, bytes.len);
    text->len += bytes.len;
}

static void print(struct letter_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void print(struct letter_text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text->at + text->len, sizeof text->at - text->len, format, arguments);
    va_end(arguments);
    text->len += length > 0 && (size_t)length < sizeof text->at - text->len ? (size_t)length : 0;
}

static bool read(const struct datagram *datagram) {
    return scan_message(&seen_message, datagram->bytes.at, datagram->bytes.len).verdict == SCAN_OK;
}

static struct slice value_of(enum header header) {
    return seen_message.first[header] ? scan_value(&seen_message, seen_message.first[header] - 1u) : SLICE_EMPTY;
}

static void put_lines(struct letter_text *text, enum header header) {
    for (int line = scan_next(&seen_message, header, -1); line >= 0; line = scan_next(&seen_message, header, line))
        put(text, slice_cut(seen_message.bytes, seen_message.headers[line].at, seen_message.headers[line].end));
}

/* requests */

static const char long_method[] =
    "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM"
    "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM"
    "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM";

static const char *const methods_new[] = {"INVITE",    "INVITE",  "INVITE",  "INVITE",   "INVITE", "INVITE",
                                          "INVITE",    "OPTIONS", "MESSAGE", "BYE",      "ACK",    "REGISTER",
                                          "SUBSCRIBE", "REFER",   "FOO",     long_method};

static const char *const uris[] = {
    "sip:100@fov.example",
    "sip:100@192.0.2.1",
    "sip:192.0.2.1",
    "sip:100@192.0.2.101",
    "sips:a@b.example",
    "tel:+15551234",
    "http://x/y",
    "sip:a%20b;x=y@192.0.2.1:5060;user=phone;%6Dethod=BYE",
    "sip:q@192.0.2.9;maddr=192.0.2.1",
    "sip:q@192.0.2.9:5070",
    "sip:q@127.0.0.1",
    "sip:x@224.0.0.1",
};

static const char *const names_from[] = {"<sip:caller@198.51.100.1>;tag=c",
                                         "\"A \\\"B\\\" <x>\" <sip:a%40b@h;u=v>;tag=c", "sip:bare@h;tag=c",
                                         "<sip:caller@198.51.100.1>;x=\"a;b\";tag=c"};
static const char *const names_to[] = {"<sip:100@fov.example>", "\"T, x\" <sip:100@192.0.2.103>",
                                       "sip:1@192.0.2.103;x=y", "<sip:c@d>;tag=foreign",
                                       "<sip:9@192.0.2.106;x=%41;y>;z"};

static const char *const vias[] = {
    "SIP/2.0/UDP 192.0.2.77;branch=z9hG4bK",
    "SIP/2.0/UDP 192.0.2.77:5060;rport;branch=z9hG4bK",
    "SIP / 2.0 / UDP phone.example:5099 ;rport;received=1.2.3.4;branch=z9hG4bK",
    "SIP/2.0/UDP 192.0.2.77;branch=",
};

static const char *const extras[] = {
    "Contact: <sip:c@192.0.2.77>\r\n",
    "User-Agent: friendly-scanner\r\n",
    "User-Agent: phone \"x\\\" event=forged\r\n",
    "Subject: a\r\n folded\t line\r\nTimestamp: 54.3\r\n",
    "X-Code: 480 why not\r\n",
    "X-Code: 302 Moved\r\nContact: <sip:evil@192.0.2.109>\r\n",
    "X-Dest: 1@192.0.2.105;x=y\r\n",
    "X-Dest: 5@192.0.2.1\r\n",
    "X-Dest: 5@192.0.2.9;maddr=192.0.2.1\r\n",
    "X-Dest: a b\r\n",
    "X-Host: 192.0.2.105:5099\r\n",
    "X-Host: [2001:db8::6]\r\n",
    "X-Host: 239.0.0.1\r\n",
    "X-Uri: sip:z@192.0.2.105;method=BYE?Subject=x\r\n",
    "X-Uri: sip:z@\r\n",
    "X-Hosts: 1\r\n",
    "X-Max: 3\r\n",
    "X-Max: 99999999999\r\n",
    "Max-Forwards: 0\r\n",
    "Max-Forwards: 1\r\n",
    "Max-Forwards: 255\r\n",
    "Max-Breadth: 0\r\n",
    "Max-Breadth: 3\r\n",
    "Max-Breadth: 100000000000000000000\r\n",
    "Proxy-Require: foo, bar\r\n",
    "Route: <sip:192.0.2.1;lr>\r\n",
    "Route: <sip:192.0.2.1;lr>, <sip:192.0.2.1;lr>\r\nRoute: <sip:192.0.2.105;lr>\r\n",
    "Route: <sip:192.0.2.105>\r\n",
    "Record-Route: <sip:192.0.2.44;lr>\r\n",
    "Via: SIP/2.0/UDP 192.0.2.66;branch=z9hG4bKbelow;received=192.0.2.67, SIP/2.0/TCP lower.example\r\n",
    "P-Asserted-Identity: \"x\xc3\xa4\xff\" <sip:me@h>\r\n",
    "m: <sip:x@h>;q=0.5, <sip:y@h>\r\nContact: *\r\n",
};

static void put_extras(struct letter_text *text, struct program *program, unsigned most) {
    for (unsigned count = program_take(program, most + 1); count; count--)
        put(text, slice_of(PICK(program, extras)));
}

void write_request(struct letter_text *text, struct program *program, unsigned number) {
    const char *method = PICK(program, methods_new);
    unsigned shape = program_take(program, 64), ends = program_take(program, 8);
    const char *uri = uris[program_take(program, shape & 1 ? sizeof uris / sizeof *uris : 4)];
    const char *via = vias[shape >> 4];
    text->len = 0;
    text->odd = shape >> 4 == 3;
    print(text, "%s %s SIP/2.0\r\nVia: %s%u\r\n", method, uri, via, number);
    print(text, "%s: %s%u\r\n", shape & 2 ? "f" : "From", names_from[ends % 4], number);
    print(text, "To: %s\r\nCall-ID: call-%u@192.0.2.77\r\nCSeq: %u %s\r\n", names_to[shape & 4 ? ends % 5 : 0], number,
          number + 1, method);
    if (shape & 8)
        print(text, "Max-Forwards: 70\r\n");
    put_extras(text, program, shape & 8 ? 0 : 4);
    print(text, ends & 4 ? "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nbody\n" : "Content-Length: 0\r\n\r\n");
    text->odd |= strcmp(method, "ACK") == 0;
}

/* Behind `name`="; the null slice: the text has no such parameter. */
static struct slice quoted_param(struct slice text, const char *name) {
    struct slice start = slice_of(name);
    for (size_t i = 0; i + start.len < text.len; i++)
        if (slice_equal(slice_cut(text, i, i + start.len), start))
            return slice_cut(text, i + start.len, slice_find(text, i + start.len, '"'));
    return SLICE_NULL;
}

static struct slice last_nonce(const struct net *net) {
    for (unsigned i = net->count; i--;) {
        const struct datagram *one = &net->datagrams[i];
        if (one->left && one->readable && !one->request && (one->status == 401 || one->status == 407))
            return quoted_param(one->bytes, " nonce=\"");
    }
    return SLICE_NULL;
}

void write_credentials(struct letter_text *text, struct program *program, const struct net *net) {
    static char rest[LETTER_MAX];
    unsigned shape = program_take(program, 64), count = program_take(program, 4);
    enum digest_algorithm algorithm = shape & 1;
    struct slice all = {text->at, text->len}, nonce = last_nonce(net);
    size_t blank = slice_find(all, 0, ' '), line = slice_find(all, 0, '\n') + 1;
    if (line > all.len || !nonce.at)
        return;
    char nc[9];
    struct slice uri = slice_cut(all, blank + 1, slice_find(all, blank + 1, ' '));
    snprintf(nc, sizeof nc, "%08x", count);
    const struct digest_input input = {.method = slice_cut(all, 0, blank),
                                       .uri = uri,
                                       .nonce = nonce,
                                       .nc = slice_of(nc),
                                       .cnonce = SLICE("c"),
                                       .qop = SLICE("auth")};
    struct digest_text ha1, response;
    digest_ha1(algorithm, SLICE("caller"), SLICE("fov.example"), shape >> 3 ? SLICE("secret") : SLICE("guess"), &ha1);
    digest_response(algorithm, &ha1, &input, &response);
    struct slice tail = slice_from(all, line);
    memcpy(rest, tail.at, tail.len);
    text->len = line;
    bool odd = shape & 4; /* as nobody writes it, but anybody may */
    print(text,
          "%sAuthorization%sDigest username=\"%s\"%srealm=\"fov.example\", nonce=\"%.*s\", uri=\"%.*s\", "
          "response=\"%.*s\", algorithm=%s, qop=%s, nc=%08x, cnonce=\"c\"%s\r\n",
          shape & 2 ? "Proxy-" : "", odd ? " :\r\n " : ": ", odd ? "c\\aller" : "caller", odd ? " ,\r\n\t" : ", ",
          SLICE_ARG(nonce), SLICE_ARG(uri), (int)digests[algorithm].length, response.digits, digests[algorithm].name,
          odd ? "\"auth\"" : "auth", count, odd ? ", x=\"nonce=\\\"1\\\"\"" : "");
    put(text, (struct slice){rest, tail.len});
}

static const char *const registered[] = {
    "Contact: <sip:100@192.0.2.105>\r\n",
    "Contact: <sip:100@192.0.2.105>;expires=60;q=0.3, \"B, c\" <sip:b@[2001:db8::7];ob>;+x=\"<a;b>\"\r\n",
    "m: <sip:100@192.0.2.106:5070;x=y?Subject=z>;q=0.7\r\nContact: sip:c@name.example;expires=100000\r\n",
    "Contact: <sip:100@192.0.2.105>;expires=0\r\n",
    "Contact: <sip:%31%30%30@192.0.2.105>;expires=90\r\n",
    "Contact: *\r\nExpires: 0\r\n",
    "Contact: *\r\n",
    "",
    "Contact: <sip:100@192.0.2.1>, <sip:q@fov.example>\r\n",
    "Contact: <sip:100@127.0.0.1>\r\n",
    "Contact: <sip:100@192.0.2.105;maddr=224.0.0.1>\r\n",
    "Contact: <sips:100@192.0.2.105>, <sip:d@192.0.2.107;transport=tcp>\r\n",
    "Contact: <sip:1@h>, <sip:2@h>, <sip:3@h>, <sip:4@h>, <sip:5@h>\r\n",
    "Contact: <sip:a b@h>\r\n",
    "Contact: <tel:+1>\r\n",
    "Contact: <sip:100@192.0.2.105>, sip:a@h?x=y\r\n",
};

static const char *const registered_with[] = {
    "",
    "",
    "",
    "",
    "Expires: 60\r\n",
    "Expires: 1\r\n",
    "Expires: soon\r\n",
    "Require: path\r\n",
    "Require: path, outbound\r\n",
    "Path: <sip:192.0.2.107;lr>\r\n",
    "Path: \"P, q\" <sip:x@192.0.2.107;lr>,\r\n <sip:192.0.2.108;lr>\r\n",
    "Path: <sip:192.0.2.107>\r\n",
};

static const char *const registered_for[] = {"<sip:100@192.0.2.1>",         "sip:100@192.0.2.1;x=y",
                                             "<sip:%31%30%30@192.0.2.1>",   "<sip:bob@192.0.2.1>",
                                             "<sip:100@elsewhere.example>", "<sip:192.0.2.1>"};

void write_register(struct letter_text *text, struct program *program, unsigned number) {
    unsigned shape = program_take(program, 16), to = program_take(program, 8);
    text->len = 0;
    text->odd = (shape & 12) == 4; /* the Call-ID and the CSeq of another one */
    print(text, "REGISTER sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP %s;rport;branch=z9hG4bKr%u\r\n",
          shape & 1 ? "192.0.2.77" : "10.0.0.77", number);
    if (shape & 2)
        print(text, "Via: SIP/2.0/UDP 10.0.0.78;branch=z9hG4bKbelow\r\n");
    print(text, "From: <sip:caller@192.0.2.1>;tag=r\r\nTo: %s\r\nCall-ID: register-%u\r\nCSeq: %u REGISTER\r\n",
          to < 6 ? registered_for[to] : registered_for[0], shape & 4 ? 0 : number, shape & 8 ? number : 3);
    put(text, slice_of(PICK(program, registered)));
    put(text, slice_of(PICK(program, registered_with)));
    print(text, "Content-Length: 0\r\n\r\n");
}

/* The first such place becomes the other text, as long. */
static void replace(struct letter_text *text, struct slice old, const char *fresh) {
    for (size_t at = 0; at + old.len <= text->len; at++)
        if (memcmp(text->at + at, old.at, old.len) == 0) {
            memcpy(text->at + at, fresh, old.len);
            return;
        }
}

void write_transport(struct letter_text *text, enum transport transport) {
    char name[] = "/    ";
    memcpy(name + 1, transports[transport].name, strlen(transports[transport].name));
    replace(text, SLICE("/UDP "), name);
    if (transport == TRANSPORT_TLS)
        replace(text, SLICE(";rport"), ";alias");
}

void write_hop(struct letter_text *text, const struct datagram *request, const char *method,
               const struct datagram *response) {
    static char to[4096];
    text->len = 0;
    text->odd = false;
    to[0] = '\0';
    if (response && read(response))
        snprintf(to, sizeof to, "%.*s", SLICE_ARG(value_of(HEADER_TO)));
    if (!read(request) || !seen_message.request)
        return;
    print(text, "%s %.*s SIP/2.0\r\nVia: %.*s\r\n", method, SLICE_ARG(seen_message.uri), SLICE_ARG(request->via));
    put_lines(text, HEADER_FROM);
    if (to[0])
        print(text, "To: %s\r\n", to);
    else
        put_lines(text, HEADER_TO);
    put_lines(text, HEADER_CALL_ID);
    put_lines(text, HEADER_ROUTE);
    print(text, "CSeq: %u %s\r\nMax-Forwards: 70\r\n", seen_message.cseq, method);
    if (!response)
        print(text, "Reason: SIP;cause=200;text=\"elsewhere\"\r\n");
    print(text, "\r\n");
    text->odd = !seen_message.via.magic;
}

/* responses */

static const unsigned codes[] = {100, 180, 183, 199, 180, 200, 200, 202, 299, 300, 302, 302, 302, 401, 407, 404,
                                 408, 422, 480, 486, 486, 487, 500, 503, 503, 504, 600, 603, 699, 401, 407, 401};

static const char *const answers[] = {
    "",
    "Contact: <sip:a@198.51.100.7>\r\n",
    "Contact: <sip:a@198.51.100.7>;q=0.3, \"B\" <sip:b@198.51.100.8:5070;x=y?Subject=z>;q=0.9\r\nm: "
    "sip:c@203.0.113.9\r\n",
    "Contact: <sip:d@192.0.2.9;maddr=192.0.2.1>, <sip:d@192.0.2.1>, <sip:d@127.0.0.1>, <sip:d@224.0.0.9>\r\n",
    "Contact: <sip:e@198.51.100.11>, <sip:e@198.51.100.12>, <sip:e@198.51.100.13>, <sip:e@198.51.100.14>,\r\n"
    " <sip:e@198.51.100.15>, <sip:e@198.51.100.16>, <sip:e@198.51.100.17>, <sip:e@198.51.100.18>\r\n",
    "Contact: <tel:+1>, <sips:f@198.51.100.9>, <sip:f@name.example>, *, <sip:f@[2001:db8::9]>\r\n",
    "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\nProxy-Authenticate: Digest realm=\"p\"\r\n",
    "Retry-After: 120 (busy)\r\nWarning: 399 x \"y\"\r\nServer: s\r\n",
};

/* On a line each, on one line, or the topmost alone, which is the proxy's own. */
static void put_vias(struct letter_text *text, unsigned shape) {
    int line = scan_next(&seen_message, HEADER_VIA, -1);
    if (shape < 13) {
        put_lines(text, HEADER_VIA);
        return;
    }
    print(text, "v: ");
    for (const char *separator = ""; line >= 0; line = shape == 13 ? scan_next(&seen_message, HEADER_VIA, line) : -1) {
        print(text, "%s%.*s", separator, SLICE_ARG(scan_value(&seen_message, (unsigned)line)));
        separator = " , ";
    }
    print(text, "\r\n");
}

void write_response(struct letter_text *text, struct program *program, const struct datagram *request) {
    text->len = 0;
    text->odd = false;
    if (!read(request))
        return;
    unsigned code = PICK(program, codes), shape = program_take(program, 16);
    print(text, "SIP/2.0 %u Reason\r\n", code);
    put_vias(text, shape);
    put_lines(text, HEADER_RECORD_ROUTE);
    put_lines(text, HEADER_FROM);
    print(text, "To: %.*s", SLICE_ARG(value_of(HEADER_TO)));
    if (code > 100 && !seen_message.to_tag.at && shape != 15)
        print(text, ";tag=t%u", shape & 3);
    print(text, "\r\n");
    text->odd = (code > 100 && shape == 15) || shape == 14;
    put_lines(text, HEADER_CALL_ID);
    put_lines(text, HEADER_CSEQ);
    print(text, "%sContent-Length: 0\r\n\r\n", code >= 200 ? PICK(program, answers) : "");
}

/* dialogs */

static const char *const methods_dialog[] = {"ACK", "BYE", "INVITE", "INFO", "NOTIFY", "OPTIONS", "PRACK", "FOO"};
static const char *const remotes[] = {"sip:t@192.0.2.103",
                                      "sip:x@127.0.0.1",
                                      "sip:x@192.0.2.1",
                                      "tel:+1",
                                      "sip:x@192.0.2.9;maddr=192.0.2.1",
                                      "sip:t@[2001:db8::5]:5070",
                                      "sip:t@10.0.0.7;fov-flow",
                                      "sip:t@10.0.0.7;fov-flow=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};

enum { RECORDED_MAX = 8 };

/* All the Record-Routes that it saw, as a Route has them: the caller's is the other way round. */
static void put_recorded(struct letter_text *text, bool reversed) {
    struct slice values[RECORDED_MAX];
    unsigned count = 0;
    for (int n = scan_next(&seen_message, HEADER_RECORD_ROUTE, -1); n >= 0;
         n = scan_next(&seen_message, HEADER_RECORD_ROUTE, n)) {
        struct slice rest = scan_value(&seen_message, (unsigned)n);
        while (count < RECORDED_MAX && list_next(&rest, &values[count]))
            count++;
    }
    for (unsigned i = 0; i < count; i++)
        print(text, "Route: %.*s\r\n", SLICE_ARG(values[reversed ? count - 1 - i : i]));
}

/* The token of a flow, with another digit at `change` (none: beyond it); empty: it has none. */
static struct slice token_of(struct slice own, size_t change, char token[128]) {
    size_t at = slice_find(own, 0, '@'), colon = slice_find(own, 0, ':');
    if (at == own.len || colon > at || at - colon > 128)
        return SLICE_EMPTY;
    struct slice user = slice_cut(own, colon + 1, at);
    memcpy(token, user.at, user.len);
    if (change < user.len)
        token[change] = token[change] == 'A' ? 'B' : 'A';
    return (struct slice){token, user.len};
}

/* The Routes of such a request; true: it is a strict router's, and the Request-URI is ours. */
static bool put_routes(struct letter_text *text, unsigned shape, struct slice own, struct slice uri) {
    char token[128];
    struct slice forged;
    switch (shape) {
    case 1: print(text, "Route: %.*s,<sip:192.0.2.103;lr>\r\n", SLICE_ARG(own)); break;
    case 2: print(text, "Route: %.*s\r\nRoute: <sip:192.0.2.103>\r\n", SLICE_ARG(own)); break;
    case 3: print(text, "Route: <sip:192.0.2.103;lr>, <%.*s>\r\n", SLICE_ARG(uri)); return true;
    case 4: print(text, "Route: %.*s, %.*s, %.*s\r\n", SLICE_ARG(own), SLICE_ARG(own), SLICE_ARG(own)); break;
    case 5: print(text, "Route: %.*s0>\r\n", SLICE_ARG(slice_cut(own, 0, own.len - 2))); break; /* another cookie */
    case 6: break;
    case 7:
    case 8: put_recorded(text, shape == 8); break;
    case 9:
        forged = token_of(own, text->len % 31, token);
        print(text, "Route: <sip:%.*s%.*s\r\n", SLICE_ARG(forged), SLICE_ARG(slice_from(own, slice_find(own, 0, '@'))));
        break;
    default: print(text, "Route: %.*s\r\n", SLICE_ARG(own)); break;
    }
    return false;
}

bool write_in_dialog(struct letter_text *text, struct program *program, const struct datagram *seen, unsigned number) {
    text->len = 0;
    if (!read(seen) || !seen_message.first[HEADER_RECORD_ROUTE] ||
        (seen_message.request ? seen_message.method != METHOD_INVITE : !seen_message.to_tag.at))
        return false;
    const char *method = PICK(program, methods_dialog);
    unsigned shape = program_take(program, 16);
    struct slice rest = value_of(HEADER_RECORD_ROUTE), own, uri = slice_of(PICK(program, remotes));
    struct slice from = value_of(HEADER_FROM), to = value_of(HEADER_TO);
    if (!list_next(&rest, &own) || own.len < 4)
        return false;
    struct slice strict = slice_cut(own, 1, own.len - 1);
    char token[128];
    struct slice moved =
        shape == 10 || shape == 11 ? token_of(own, shape == 10 ? 128 : number % 31, token) : SLICE_EMPTY;
    print(text, "%s %.*s%s%.*s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.78;rport;branch=z9hG4bKd%u\r\n", method,
          SLICE_ARG(shape == 3 ? strict : uri), moved.len ? ";fov-flow=" : "", SLICE_ARG(moved), number);
    put_routes(text, shape, own, uri);
    if (seen_message.request)
        print(text, "From: %.*s%s\r\nTo: %.*s\r\n", SLICE_ARG(to), seen_message.to_tag.at ? "" : ";tag=t0",
              SLICE_ARG(from));
    else
        print(text, "From: %.*s\r\nTo: %.*s\r\n", SLICE_ARG(from), SLICE_ARG(to));
    print(text, "Call-ID: %.*s\r\nCSeq: %u %s\r\n", SLICE_ARG(seen_message.call_id), number + 1000, method);
    put_extras(text, program, 1);
    print(text, "\r\n");
    text->odd = (shape >= 2 && shape <= 5) || shape == 9;
    return true;
}
