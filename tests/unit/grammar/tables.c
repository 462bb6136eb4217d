/* SPDX-License-Identifier: MIT */
#include "grammar/tables.h"

#include <criterion/criterion.h>
#include <string.h>

Test(tables, every_row_is_found_by_its_name_in_any_case) {
    for (unsigned id = 0; id < WORD_COUNT; id++)
        cr_assert_eq(word_named(slice_of(words[id].name)), id, "%s", words[id].name);
    for (unsigned id = 0; id < VARIABLE_COUNT; id++)
        cr_assert_eq(variable_named(slice_of(variables[id].name)), id, "%s", variables[id].name);
    for (unsigned id = 0; id < FAILOVER_COUNT; id++)
        cr_assert_eq(failover_setting_named(slice_of(failover_settings[id].name)), id);
    for (unsigned id = 0; id < HEADER_COUNT; id++) {
        cr_assert_eq(header_named(slice_of(headers[id].name)), id, "%s", headers[id].name);
        cr_assert_eq(headers[id].length, strlen(headers[id].name));
        if (headers[id].compact)
            cr_assert_eq(header_named((struct slice){&headers[id].compact, 1}), id, "%c", headers[id].compact);
    }
    cr_assert_eq(word_named(SLICE("GETSIPUSER")), WORD_GETSIPUSER);
    cr_assert_eq(header_named(SLICE("call-id")), HEADER_CALL_ID);
    cr_assert_eq(header_named(SLICE("I")), HEADER_CALL_ID);
    cr_assert_eq(transport_named(SLICE("wss")), TRANSPORT_WSS);
}

Test(tables, an_unknown_name_is_the_count) {
    cr_assert_eq(word_named(SLICE("nosuch")), WORD_COUNT);
    cr_assert_eq(variable_named(SLICE("")), VARIABLE_COUNT);
    cr_assert_eq(failover_setting_named(SLICE("timer")), FAILOVER_COUNT);
    cr_assert_eq(header_named(SLICE("X-Own")), HEADER_OTHER);
    cr_assert_eq(header_named(SLICE("")), HEADER_OTHER);
    cr_assert_eq(transport_named(SLICE("SCTP")), TRANSPORT_NONE);
}

Test(tables, methods_mind_their_case) { /* RFC 3261 7.1 */
    cr_assert_eq(method_named(SLICE("INVITE")), METHOD_INVITE);
    cr_assert_eq(method_named(SLICE("invite")), METHOD_OTHER);
    cr_assert_eq(method_named(SLICE("RE%47IST%45R")), METHOD_OTHER);
}

Test(tables, compact_forms_are_those_of_the_registry) { /* RFC 3261 7.3.3, IANA SIP header fields */
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

Test(tables, choices_are_told_apart) {
    cr_assert_eq(choice_named("none|100|18x", SLICE("18X")), 2);
    cr_assert_eq(choice_named("none|100|18x", SLICE("10")), -1);
    cr_assert_eq(choice_named("none|100|18x", SLICE("")), -1);
    cr_assert_eq(choice_named("", SLICE("")), -1);
}

Test(tables, a_row_of_arguments_has_a_letter_for_each) {
    for (unsigned id = 0; id < WORD_COUNT; id++) {
        cr_assert(words[id].max == 0 || words[id].args[0], "%s takes arguments of no kind", words[id].name);
        cr_assert(strspn(words[id].args, "tcnpidzxr") == strlen(words[id].args), "%s", words[id].name);
        cr_assert_leq(words[id].min, words[id].max);
        if (words[id].fallback[0])
            cr_assert_neq(word_named(slice_of(words[id].fallback)), WORD_COUNT, "%s", words[id].name);
    }
}
