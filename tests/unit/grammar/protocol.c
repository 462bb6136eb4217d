/* SPDX-License-Identifier: MIT */
#include "grammar/protocol.h"

#include <criterion/criterion.h>
#include <string.h>

Test(protocol, every_header_is_found_by_its_names_in_any_case) {
    for (unsigned id = 0; id < HEADER_COUNT; id++) {
        cr_assert_eq(header_named(slice_of(headers[id].name)), id, "%s", headers[id].name);
        cr_assert_eq(headers[id].length, strlen(headers[id].name));
        if (headers[id].compact)
            cr_assert_eq(header_named((struct slice){&headers[id].compact, 1}), id, "%c", headers[id].compact);
    }
    cr_assert_eq(header_named(SLICE("call-id")), HEADER_CALL_ID);
    cr_assert_eq(header_named(SLICE("I")), HEADER_CALL_ID);
    cr_assert_eq(transport_named(SLICE("wss")), TRANSPORT_WSS);
}

Test(protocol, an_unknown_name_is_none) {
    cr_assert_eq(header_named(SLICE("X-Own")), HEADER_OTHER);
    cr_assert_eq(header_named(SLICE("")), HEADER_OTHER);
    cr_assert_eq(transport_named(SLICE("SCTP")), TRANSPORT_NONE);
}

Test(protocol, methods_mind_their_case) { /* RFC 3261 7.1 */
    cr_assert_eq(method_named(SLICE("INVITE")), METHOD_INVITE);
    cr_assert_eq(method_named(SLICE("invite")), METHOD_OTHER);
    cr_assert_eq(method_named(SLICE("RE%47IST%45R")), METHOD_OTHER);
}

Test(protocol, compact_forms_are_those_of_the_registry) { /* RFC 3261 7.3.3, IANA SIP header fields */
    static const char *const pairs[] = {"aAccept-Contact",
                                        "bReferred-By",
                                        "cContent-Type",
                                        "dRequest-Disposition",
                                        "eContent-Encoding",
                                        "fFrom",
                                        "iCall-ID",
                                        "jReject-Contact",
                                        "kSupported",
                                        "lContent-Length",
                                        "mContact",
                                        "nIdentity-Info",
                                        "oEvent",
                                        "rRefer-To",
                                        "sSubject",
                                        "tTo",
                                        "uAllow-Events",
                                        "vVia",
                                        "xSession-Expires",
                                        "yIdentity"};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        cr_assert_eq(header_named((struct slice){pairs[i], 1}), header_named(slice_of(pairs[i] + 1)), "%s", pairs[i]);
}
