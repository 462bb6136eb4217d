/* SPDX-License-Identifier: MIT */
/* Datagrams made to cost time: each is `before`, as many times `piece` as fit, `after`. "run0000" in them is numbered,
 * so that each run is a call of its own. */
#ifndef FOV_TESTS_BENCH_HOSTILE_KINDS_H
#define FOV_TESTS_BENCH_HOSTILE_KINDS_H

#define START "INVITE sip:bob@192.0.2.9 SIP/2.0\r\n"
#define VIA   "Via: SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bKrun0000;rport\r\n"
#define FROM  "From: <sip:alice@192.0.2.1>;tag=1\r\n"
#define TO    "To: <sip:bob@192.0.2.9>\r\n"
#define REST  "Call-ID: run0000\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"
#define LINES START VIA FROM TO REST
#define END   "\r\n\r\n"
#define DIGEST                                                                                                         \
    "Proxy-Authorization: Digest realm=\"fov\", nonce=\"n\", uri=\"sip:bob@192.0.2.9\", "                              \
    "response=\"0123456789abcdef0123456789abcdef\", "
#define REGISTER                                                                                                       \
    "REGISTER sip:192.0.2.9 SIP/2.0\r\n" VIA FROM                                                                      \
    "To: <sip:u@192.0.2.9>\r\nCall-ID: run0000\r\nCSeq: 1 REGISTER\r\nMax-Forwards: 70\r\n"
#define SIXTEEN ";a=1;b=1;c=1;d=1;e=1;f=1;g=1;h=1;i=1;j=1;k=1;l=1;m=1;n=1;o=1;p=run0000"

static const struct hostile_kind {
    const char *name, *before, *piece, *after;
} hostile_kinds[] = {
    {"nothing hostile, a large body", LINES "\r\n", "body ", ""},
    {"parameters of Contact", LINES "Contact: <sip:a@b>", ";p", END},
    {"parameters of the URI in Contact", LINES "Contact: <sip:a@b", ";p", ">" END},
    {"parameters of an unknown header", LINES "Z: a", ";p", END},
    {"parameters of Via", START "Via: SIP/2.0/UDP h", ";p", "\r\n" FROM TO REST "\r\n"},
    {"parameters of From", START VIA "From: <sip:a@b>", ";p", "\r\n" TO REST "\r\n"},
    {"parameters of To, quoted", START VIA FROM "To: <sip:a@b>", ";p=\"\"", "\r\n" REST "\r\n"},
    {"parameters of the Request-URI", "INVITE sip:b@h", ";p", " SIP/2.0\r\n" VIA FROM TO REST "\r\n"},
    {"parameters of Route", LINES "Route: <sip:a@b>", ";p", END},
    {"headers", LINES, "a:b\r\n", "\r\n"},
    {"headers, short", LINES, "a:\n", "\r\n"},
    {"headers behind the Via, none else", START VIA, "a:b\r\n", "\r\n"},
    {"Contact lines", LINES, "m:<a:b>\r\n", "\r\n"},
    {"Route lines", LINES, "Route:<sip:a>\r\n", "\r\n"},
    {"lines without a colon", LINES, "x\r\n", "\r\n"},
    {"empty lines before the start line", "", "\r\n", LINES "\r\n"},
    {"Via lines", START, "v:SIP/2.0/UDP h\r\n", FROM TO REST "\r\n"},
    {"Via values", START "v: SIP/2.0/UDP h", ",SIP/2.0/UDP h", "\r\n" FROM TO REST "\r\n"},
    {"quotes in From", START VIA "From: ", "\"", " <sip:a@b>;tag=1\r\n" TO REST "\r\n"},
    {"quotes in Contact", LINES "Contact: ", "\"", END},
    {"quotes in Via", START "Via: SIP/2.0/UDP h;x=", "\"", "\r\n" FROM TO REST "\r\n"},
    {"quotes in an unknown header", LINES "Z: ", "\"", END},
    {"backslashes in quotes", LINES "Contact: \"", "\\\\", "\" <sip:a@b>" END},
    {"open quotes behind commas", LINES "Contact: ", "\"\",", END},
    {"folds", LINES "Z: a", "\r\n b", END},
    {"folds of blanks", LINES "Z: a", "\r\n ", END},
    {"folds in From", START VIA "From: a", "\r\n b", " <sip:a@b>;tag=1\r\n" TO REST "\r\n"},
    {"folds in Via", START "Via: SIP/2.0/UDP h", "\r\n ", ";branch=z9hG4bKa\r\n" FROM TO REST "\r\n"},
    {"commas in Contact", LINES "Contact: <sip:a@b>", ",", END},
    {"commas in Via", START "Via: SIP/2.0/UDP h", ",", "\r\n" FROM TO REST "\r\n"},
    {"Route values", LINES "Route: <sip:a;lr>", ",<sip:a;lr>", END},
    {"Contact values", LINES "Contact: <a:b>", ",<a:b>", END},
    {"Require values", LINES "Require: a", ",b", END},
    {"Proxy-Require values", LINES "Proxy-Require: a", ",b", END},
    {"credentials", LINES "Proxy-Authorization: Digest a=b", ",c=d", END},
    {"credentials of other realms", LINES, "Proxy-Authorization: Digest realm=\"a\"\r\n", "\r\n"},
    {"credentials with a long name", LINES DIGEST "username=\"", "u", "\"" END},
    {"credentials with escapes", LINES DIGEST "username=\"", "\\u", "\"" END},
    {"credentials with a long parameter", LINES DIGEST "username=\"u\", a=\"", ",\\\"", "\"" END},
    {"blanks in the start line", "INVITE", " ", "sip:b@h SIP/2.0\r\n" VIA FROM TO REST "\r\n"},
    {"blanks in Via", START "Via: SIP", " ", "/2.0/UDP h;branch=z9hG4bKa\r\n" FROM TO REST "\r\n"},
    {"blanks before a colon", LINES "Z", " ", ": a" END},
    {"blanks in To", START VIA FROM "To: <sip:a@b>", " ", ";x=y\r\n" REST "\r\n"},
    {"brackets in To", START VIA FROM "To: ", "<", "\r\n" REST "\r\n"},
    {"brackets in Contact", LINES "Contact: ", "<>", END},
    {"a long display name", START VIA "From: ", "a ", "<sip:a@b>;tag=1\r\n" TO REST "\r\n"},
    {"a long header name", LINES, "Z", ": a" END},
    {"a long Call-ID", START VIA FROM TO "CSeq: 1 INVITE\r\nCall-ID: run0000", "c", END},
    {"a long branch", START "Via: SIP/2.0/UDP h;branch=z9hG4bK", "b", "\r\n" FROM TO REST "\r\n"},
    {"a long tag", START VIA "From: <sip:a@b>;tag=", "t", "\r\n" TO REST "\r\n"},
    {"a long method", "I", "N", " sip:b@h SIP/2.0\r\n" VIA FROM TO REST "\r\n"},
    {"a long host", "INVITE sip:b@h", ".h", " SIP/2.0\r\n" VIA FROM TO REST "\r\n"},
    {"escapes in the user part", "INVITE sip:b", "%41", "@h SIP/2.0\r\n" VIA FROM TO REST "\r\n"},
    {"broken escapes in the user part", "INVITE sip:b", "%", "@h SIP/2.0\r\n" VIA FROM TO REST "\r\n"},
    {"signs in the Request-URI", "INVITE sip:b", "@", "h SIP/2.0\r\n" VIA FROM TO REST "\r\n"},
    {"headers of the URI in To", START VIA FROM "To: <sip:a@b?x=y", "&x=y", ">\r\n" REST "\r\n"},
    {"digits of CSeq", START VIA FROM TO "Call-ID: run0000\r\nCSeq: 1", "1", " INVITE" END},
    {"digits of Content-Length", LINES "Content-Length: ", "0", END},
    {"an opaque Request-URI", "INVITE x:", "a", " SIP/2.0\r\n" VIA FROM TO REST "\r\n"},
    {"no line end at all", START VIA, "a", ""},
    {"a CANCEL with a long branch", "CANCEL sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK", "b",
     "\r\n" FROM TO "Call-ID: run0000\r\nCSeq: 1 CANCEL" END},
    {"a CANCEL with a long Request-URI", "CANCEL sip:b", "b",
     "@h SIP/2.0\r\n" VIA FROM TO "Call-ID: run0000\r\nCSeq: 1 CANCEL" END},
    {"a REGISTER with Contacts", REGISTER "Contact: <sip:a@b>", ",<sip:a@b>", END},
    {"a REGISTER with Contacts alike", REGISTER "Contact: <sip:a@b>", ",<sip:a@b" SIXTEEN ">", END},
    {"a REGISTER with Contact lines", REGISTER, "m:<sip:a@b" SIXTEEN ">\r\n", "\r\n"},
    {"a REGISTER with parameters", REGISTER "Contact: <sip:a@b>", ";p=run0000", END},
    {"a REGISTER with a long Path", REGISTER "Path: <sip:a;lr>", ",<sip:a;lr>", END},
    {"a response with many Vias", "SIP/2.0 200 OK\r\nv: SIP/2.0/UDP h", ",SIP/2.0/UDP h", "\r\n" FROM TO REST "\r\n"},
    {"a response with Contacts", "SIP/2.0 302 Moved\r\n" VIA FROM TO REST "Contact: <sip:a@b>", ",<sip:a@b>", END},
};

#endif
