/* SPDX-License-Identifier: MIT */
#include "runtime/sip/locate.h"

#include "grammar/arena.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* What the name servers of a test say: "NAME TYPE RECORD", a line for each record; "NAME TYPE nxdomain" and so on. */
static const char *const *said;
static char asked[1024]; /* the questions, in order */
static uint64_t drawn;   /* the next number by chance */
static const char *avoided;

static const char *const type_names[DNS_TYPES] = {"A", "AAAA", "SRV", "NAPTR"};

static struct arena texts; /* of the records */

static struct slice keep(const char *text) {
    return arena_copy(&texts, slice_of(text));
}

static uint64_t number(void *context) {
    (void)context;
    return drawn;
}

static bool is_avoided(void *context, const struct endpoint *place) {
    char text[ENDPOINT_TEXT];
    (void)context;
    return avoided && strcmp(endpoint_text(place, text), avoided) == 0;
}

static const struct locate_judge judge = {.number = number, .avoided = is_avoided};

static struct dns_record read_record(enum dns_type type, char *text) {
    static char flags[16], service[64];
    struct dns_record record = {.name = SLICE_EMPTY, .service = SLICE_EMPTY, .flags = SLICE_EMPTY};
    unsigned short order = 0, preference = 0, port;
    char *name = strrchr(text, ' ');
    switch (type) {
    case DNS_A:
    case DNS_AAAA: cr_assert(ip_parse(&record.ip, slice_of(text)), "%s", text); return record;
    case DNS_SRV:
        cr_assert_eq(sscanf(text, "%hu %hu %hu", &order, &preference, &port), 3);
        record.port = port;
        break;
    case DNS_NAPTR:
        cr_assert_eq(sscanf(text, "%hu %hu %15s %63s", &order, &preference, flags, service), 4);
        record.flags = keep(flags);
        record.service = keep(service);
        break;
    case DNS_TYPES: break;
    }
    record.order = order;
    record.preference = preference;
    record.name = strcmp(name + 1, ".") == 0 ? SLICE_EMPTY : keep(name + 1);
    return record;
}

static const char *const statuses[] = {
    [DNS_FOUND] = "found",     [DNS_NODATA] = "nodata",     [DNS_NXDOMAIN] = "nxdomain", [DNS_FAILED] = "failed",
    [DNS_REFUSED] = "refused", [DNS_SERVFAIL] = "servfail", [DNS_SILENT] = "silent"};

static void answer(struct locate *locate, const struct locate_question *question) {
    struct dns_record records[DNS_RECORDS_MAX];
    struct dns_answer found = {.status = DNS_NODATA, .records = records};
    char start[300];
    size_t length =
        (size_t)snprintf(start, sizeof start, "%.*s %s ", SLICE_ARG(question->name), type_names[question->type]);
    for (const char *const *line = said; *line; line++) {
        if (strncmp(*line, start, length) != 0)
            continue;
        char text[300];
        snprintf(text, sizeof text, "%s", *line + length);
        for (enum dns_status status = DNS_NODATA; status <= DNS_SILENT; status++)
            if (strcmp(text, statuses[status]) == 0)
                found.status = status;
        if (found.status == DNS_NODATA && strcmp(text, "nodata") != 0)
            records[found.count++] = read_record(question->type, text);
    }
    if (found.count)
        found.status = DNS_FOUND;
    locate_answer(locate, question->id, &found);
}

/* The places, or what came of it, as text. */
static const char *locate(const struct locate_request *request, const struct locate_means *means,
                          const char *const lines[]) {
    static char text[2048];
    struct locate *machine = locate_new(request, means, &judge);
    struct locate_question question;
    const struct endpoint *places;
    unsigned count;
    cr_assert_not_null(machine);
    said = lines;
    asked[0] = text[0] = '\0';
    while (!locate_over(machine)) {
        cr_assert(locate_ask(machine, &question), "it neither asks nor ends");
        snprintf(asked + strlen(asked), sizeof asked - strlen(asked), "%s%.*s %s", asked[0] ? ", " : "",
                 SLICE_ARG(question.name), type_names[question.type]);
        answer(machine, &question);
    }
    enum dns_status status = locate_result(machine, &places, &count);
    if (status != DNS_FOUND)
        strcpy(text, statuses[status]);
    for (unsigned i = 0; i < count; i++) {
        char place[ENDPOINT_TEXT];
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s/%s", i ? " " : "",
                 endpoint_text(&places[i], place), transports[places[i].transport].name);
    }
    locate_free(machine);
    return text;
}

static const struct locate_means udp = {.families = {[TRANSPORT_UDP] = LOCATE_IPV4}};
static const struct locate_means all = {.families = {[TRANSPORT_UDP] = LOCATE_IPV4 | LOCATE_IPV6,
                                                     [TRANSPORT_TCP] = LOCATE_IPV4 | LOCATE_IPV6,
                                                     [TRANSPORT_TLS] = LOCATE_IPV4 | LOCATE_IPV6}};

static struct locate_request of(const char *host, uint16_t port, enum transport transport, bool secure) {
    return (struct locate_request){slice_of(host), port, transport, secure};
}

static void begin(void) {
    arena_init(&texts, NULL, 0, 0);
    drawn = 0;
    avoided = NULL;
}

static void end(void) {
    arena_free(&texts);
}

TestSuite(locate, .init = begin, .fini = end);

/* RFC 3263 4.1: each of these knows one thing more, and asks for one thing less. */
Test(locate, what_is_said_need_not_be_asked) {
    static const char *const lines[] = {"a NAPTR 10 10 s SIP+D2U _sip._udp.b",
                                        "_sip._udp.b SRV 0 0 5070 c",
                                        "_sip._udp.a SRV 0 0 5080 d",
                                        "a A 192.0.2.1",
                                        "c A 192.0.2.3",
                                        "d A 192.0.2.4",
                                        NULL};
    static const struct {
        uint16_t port;
        enum transport transport;
        const char *places, *asked;
    } rows[] = {
        {0, TRANSPORT_NONE, "192.0.2.3:5070/UDP", "a NAPTR, _sip._udp.b SRV, c A"},
        {0, TRANSPORT_UDP, "192.0.2.4:5080/UDP", "_sip._udp.a SRV, d A"},
        {5090, TRANSPORT_NONE, "192.0.2.1:5090/UDP", "a A"},
        {5090, TRANSPORT_UDP, "192.0.2.1:5090/UDP", "a A"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct locate_request request = of("a", rows[i].port, rows[i].transport, false);
        cr_expect_str_eq(locate(&request, &udp, lines), rows[i].places);
        cr_expect_str_eq(asked, rows[i].asked);
    }
}

Test(locate, services_of_transports_that_nobody_has_are_passed_over) {
    static const char *const lines[] = {"a NAPTR 10 10 s SIPS+D2T _sips._tcp.a",
                                        "a NAPTR 20 10 s SIP+D2T _sip._tcp.a",
                                        "a NAPTR 20 20 s SIP+D2U _sip._udp.a",
                                        "a NAPTR 30 10 s SIP+D2S _sip._sctp.a",
                                        "_sips._tcp.a SRV 0 0 5061 t",
                                        "_sip._tcp.a SRV 0 0 5062 t",
                                        "_sip._udp.a SRV 0 0 5063 t",
                                        "t A 192.0.2.1",
                                        NULL};
    static const struct locate_means tcp_too = {
        .families = {[TRANSPORT_UDP] = LOCATE_IPV4, [TRANSPORT_TCP] = LOCATE_IPV4}};
    struct locate_request request = of("a", 0, TRANSPORT_NONE, false);
    cr_expect_str_eq(locate(&request, &all, lines), "192.0.2.1:5061/TLS");
    cr_expect_str_eq(locate(&request, &tcp_too, lines), "192.0.2.1:5062/TCP 192.0.2.1:5063/UDP");
    cr_expect_str_eq(locate(&request, &udp, lines), "192.0.2.1:5063/UDP");
    request.secure = true;
    cr_expect_str_eq(locate(&request, &all, lines), "192.0.2.1:5061/TLS");
    cr_expect(locate_possible(&request, &all));
    cr_expect_not(locate_possible(&request, &tcp_too), "nothing secure is there");
    request = of("a", 0, TRANSPORT_WS, false);
    cr_expect_not(locate_possible(&request, &all));
}

/* RFC 7118 5.3: NAPTR records have services for it, and no name is made. */
Test(locate, a_websocket_has_services_by_naptr_alone) {
    static const char *const lines[] = {"a NAPTR 10 10 s SIPS+D2W _sips._web.a",
                                        "a NAPTR 10 20 s SIP+D2W _sip._web.a",
                                        "_sips._web.a SRV 0 0 8443 t",
                                        "_sip._web.a SRV 0 0 8080 t",
                                        "n NAPTR 10 10 s SIP+D2W _sip._web.n",
                                        "t A 192.0.2.1",
                                        "a A 192.0.2.2",
                                        "n A 192.0.2.3",
                                        NULL};
    static const struct locate_means web = {.families = {[TRANSPORT_WS] = LOCATE_IPV4, [TRANSPORT_WSS] = LOCATE_IPV4}};
    struct locate_request request = of("a", 0, TRANSPORT_NONE, false);
    cr_expect_str_eq(locate(&request, &web, lines), "192.0.2.1:8443/WSS 192.0.2.1:8080/WS");
    cr_expect_str_eq(locate(&request, &udp, lines), "192.0.2.2:5060/UDP");
    request = of("n", 0, TRANSPORT_NONE, false);
    cr_expect_str_eq(locate(&request, &web, lines), "192.0.2.3:80/WS", "the transport is what NAPTR said");
    request = of("a", 0, TRANSPORT_NONE, true);
    cr_expect_str_eq(locate(&request, &web, lines), "192.0.2.1:8443/WSS");
    request = of("t", 0, TRANSPORT_NONE, false);
    cr_expect_str_eq(locate(&request, &web, lines), "192.0.2.1:80/WS", "the first that we have");
    cr_expect_str_eq(asked, "t NAPTR, t A");
    request = of("a", 0, TRANSPORT_WS, false);
    cr_expect_str_eq(locate(&request, &web, lines), "192.0.2.2:80/WS");
    cr_expect_str_eq(asked, "a A");
    request = of("a", 0, TRANSPORT_WSS, true);
    cr_expect_str_eq(locate(&request, &web, lines), "192.0.2.2:443/WSS");
}

Test(locate, without_naptr_records_the_names_of_services_are_made) {
    static const char *const lines[] = {"_sip._udp.a SRV 0 0 5060 u",
                                        "_sip._tcp.a SRV 0 0 5060 t",
                                        "_sips._tcp.a SRV 0 0 5061 s",
                                        "u A 192.0.2.1",
                                        "t A 192.0.2.2",
                                        "s A 192.0.2.3",
                                        NULL};
    struct locate_request request = of("a", 0, TRANSPORT_NONE, false);
    cr_expect_str_eq(locate(&request, &all, lines), "192.0.2.1:5060/UDP 192.0.2.2:5060/TCP");
    cr_expect_str_eq(asked, "a NAPTR, _sip._udp.a SRV, _sip._tcp.a SRV, u A, u AAAA, t A, t AAAA");
    request = of("a", 0, TRANSPORT_TLS, false);
    cr_expect_str_eq(locate(&request, &all, lines), "192.0.2.3:5061/TLS");
    request = of("a", 0, TRANSPORT_NONE, true);
    cr_expect_str_eq(locate(&request, &all, lines), "192.0.2.3:5061/TLS");
}

Test(locate, without_srv_records_the_name_itself_is_the_host) {
    static const char *const lines[] = {"a A 192.0.2.1", "a AAAA 2001:db8::1", "n NAPTR 1 1 s SIP+D2T _sip._tcp.n",
                                        "n A 192.0.2.2", NULL};
    struct locate_request request = of("a", 0, TRANSPORT_NONE, false);
    cr_expect_str_eq(locate(&request, &all, lines), "[2001:db8::1]:5060/UDP 192.0.2.1:5060/UDP");
    request.secure = true;
    cr_expect_str_eq(locate(&request, &all, lines), "[2001:db8::1]:5061/TLS 192.0.2.1:5061/TLS");
    request = of("n", 0, TRANSPORT_NONE, false);
    cr_expect_str_eq(locate(&request, &all, lines), "192.0.2.2:5060/TCP", "the transport is what NAPTR said");
}

Test(locate, a_target_that_is_the_root_means_no_service) {
    static const char *const lines[] = {"_sip._udp.a SRV 0 0 0 .", "a A 192.0.2.1", "_sip._tcp.b SRV 0 0 5060 t",
                                        "_sip._udp.b SRV 0 0 0 .", "t A 192.0.2.2", NULL};
    struct locate_request request = of("a", 0, TRANSPORT_NONE, false);
    cr_expect_str_eq(locate(&request, &udp, lines), "nodata");
    request = of("b", 0, TRANSPORT_NONE, false);
    cr_expect_str_eq(locate(&request, &all, lines), "192.0.2.2:5060/TCP");
}

/* RFC 2782: each number that chance may give picks the record that its weight says. */
Test(locate, weights_share_the_calls_among_records_of_one_priority) {
    static const char *const lines[] = {"_sip._udp.a SRV 20 0 5060 last",
                                        "_sip._udp.a SRV 10 60 5060 big",
                                        "_sip._udp.a SRV 10 40 5060 small",
                                        "_sip._udp.a SRV 10 0 5060 none",
                                        "last A 192.0.2.9",
                                        "big A 192.0.2.60",
                                        "small A 192.0.2.40",
                                        "none A 192.0.2.10",
                                        NULL};
    struct locate_request request = of("a", 0, TRANSPORT_UDP, false);
    unsigned first_none = 0, first_small = 0, first_big = 0;
    for (drawn = 0; drawn <= 100; drawn++) {
        const char *places = locate(&request, &udp, lines);
        first_none += strncmp(places, "192.0.2.10:", 11) == 0;
        first_small += strncmp(places, "192.0.2.40:", 11) == 0;
        first_big += strncmp(places, "192.0.2.60:", 11) == 0;
        cr_expect_str_eq(places + strlen(places) - strlen(" 192.0.2.9:5060/UDP"), " 192.0.2.9:5060/UDP");
    }
    cr_expect_eq(first_none, 1);
    cr_expect_eq(first_small, 40);
    cr_expect_eq(first_big, 60);
}

Test(locate, records_without_weights_have_the_same_chance) {
    static const char *const lines[] = {"_sip._udp.a SRV 10 0 5060 x",
                                        "_sip._udp.a SRV 10 0 5060 y",
                                        "_sip._udp.a SRV 10 0 5060 z",
                                        "x A 192.0.2.1",
                                        "y A 192.0.2.2",
                                        "z A 192.0.2.3",
                                        NULL};
    struct locate_request request = of("a", 0, TRANSPORT_UDP, false);
    unsigned first[4] = {0};
    for (drawn = 0; drawn < 30; drawn++) {
        const char *places = locate(&request, &udp, lines);
        first[places[strlen("192.0.2.")] - '0']++;
        for (unsigned i = 1; i <= 3; i++) {
            char place[16];
            snprintf(place, sizeof place, "192.0.2.%u:", i);
            cr_expect_not_null(strstr(places, place), "each is there");
        }
    }
    for (unsigned i = 1; i <= 3; i++)
        cr_expect_eq(first[i], 10, "192.0.2.%u was first %u times", i, first[i]);
}

Test(locate, what_failed_lately_stands_behind_its_equals_alone) {
    static const char *const lines[] = {"_sip._udp.a SRV 1 0 5060 b",
                                        "_sip._udp.a SRV 2 0 5060 c",
                                        "b A 192.0.2.1",
                                        "b A 192.0.2.2",
                                        "c A 192.0.2.3",
                                        NULL};
    struct locate_request request = of("a", 0, TRANSPORT_UDP, false);
    avoided = "192.0.2.1:5060";
    cr_expect_str_eq(locate(&request, &udp, lines), "192.0.2.2:5060/UDP 192.0.2.1:5060/UDP 192.0.2.3:5060/UDP");
}

/* Why there is nothing: the worst news of the last step. */
Test(locate, says_why_there_is_no_place) {
    static const struct {
        const char *lines[8];
        const char *result, *asked;
    } rows[] = {
        {{"a NAPTR nxdomain", "a A nxdomain", "a AAAA nxdomain"}, "nxdomain", "a NAPTR, a A, a AAAA"},
        {{"a AAAA nxdomain"}, "nodata", "a NAPTR, _sip._udp.a SRV, _sip._tcp.a SRV, a A, a AAAA"},
        {{"a NAPTR silent"}, "silent", "a NAPTR"},
        {{"_sip._tcp.a SRV silent"}, "silent", "a NAPTR, _sip._udp.a SRV, _sip._tcp.a SRV"},
        {{"a NAPTR servfail"}, "nodata", "a NAPTR, _sip._udp.a SRV, _sip._tcp.a SRV, a A, a AAAA"},
        {{"a A servfail"}, "servfail", "a NAPTR, _sip._udp.a SRV, _sip._tcp.a SRV, a A, a AAAA"},
        {{"_sip._udp.a SRV 1 0 5060 b", "b AAAA nxdomain", "b A nxdomain"},
         "nodata",
         "a NAPTR, _sip._udp.a SRV, _sip._tcp.a SRV, b A, b AAAA"},
        {{"a A refused"}, "refused", "a NAPTR, _sip._udp.a SRV, _sip._tcp.a SRV, a A, a AAAA"},
        {{"a A silent", "a AAAA 2001:db8::1"},
         "[2001:db8::1]:5060/UDP",
         "a NAPTR, _sip._udp.a SRV, _sip._tcp.a SRV, a A, a AAAA"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct locate_request request = of("a", 0, TRANSPORT_NONE, false);
        cr_expect_str_eq(locate(&request, &all, rows[i].lines), rows[i].result, "row %u", i);
        cr_expect_str_eq(asked, rows[i].asked, "row %u", i);
    }
}

/* RFC 8305 3: addresses of the second family need not be waited for; a host without any is, for longer. */
Test(locate, says_how_much_is_known) {
    struct locate_request request = of("a", 0, TRANSPORT_UDP, false);
    struct locate *machine = locate_new(&request, &all, &judge);
    struct locate_question question, questions[4]; /* x A, x AAAA, y A, y AAAA */
    struct dns_record services[2] = {{.order = 1, .port = 5060, .name = SLICE("x")},
                                     {.order = 2, .port = 5060, .name = SLICE("y")}};
    struct dns_record address = {.ip = {.family = 4, .bytes = {192, 0, 2, 1}}};
    const struct dns_answer found = {DNS_FOUND, 60, 1, &address}, none = {.status = DNS_NODATA};
    const struct endpoint *places;
    unsigned count;
    cr_assert(locate_ask(machine, &question));
    cr_expect_eq(locate_yield(machine), LOCATE_NONE);
    locate_answer(machine, question.id, &(const struct dns_answer){DNS_FOUND, 60, 2, services});
    for (unsigned i = 0; i < 4; i++)
        cr_assert(locate_ask(machine, &questions[i]));
    locate_hurry(machine);
    cr_expect_not(locate_over(machine), "nothing is known");
    locate_answer(machine, questions[0].id, &found);
    cr_expect_eq(locate_yield(machine), LOCATE_SOME, "nothing is known of y");
    locate_answer(machine, questions[2].id, &none);
    cr_expect_eq(locate_yield(machine), LOCATE_SOME, "y may have the other family alone");
    locate_answer(machine, questions[3].id, &none);
    cr_expect_eq(locate_yield(machine), LOCATE_EVERY_HOST);
    cr_expect_not(locate_over(machine));
    locate_hurry(machine);
    cr_expect(locate_over(machine));
    cr_expect_eq(locate_yield(machine), LOCATE_NONE, "nothing is to come");
    cr_expect_eq(locate_result(machine, &places, &count), DNS_FOUND);
    cr_expect_eq(count, 1);
    locate_free(machine);
}

/* x is to be tried before y, unless they are as good as each other. */
Test(locate, what_comes_first_is_waited_for) {
    for (unsigned order = 0; order < 2; order++) {
        struct locate_request request = of("a", 0, TRANSPORT_UDP, false);
        struct locate *machine = locate_new(&request, &all, &judge);
        struct locate_question question, questions[4];
        struct dns_record services[2] = {{.order = 1, .port = 5060, .name = SLICE("x")},
                                         {.order = (uint16_t)(1 + order), .port = 5060, .name = SLICE("y")}};
        struct dns_record address = {.ip = {.family = 4, .bytes = {192, 0, 2, 1}}};
        const struct endpoint *places;
        unsigned count;
        cr_assert(locate_ask(machine, &question));
        locate_answer(machine, question.id, &(const struct dns_answer){DNS_FOUND, 60, 2, services});
        for (unsigned i = 0; i < 4; i++)
            cr_assert(locate_ask(machine, &questions[i]));
        locate_answer(machine, questions[2].id, &(const struct dns_answer){DNS_FOUND, 60, 1, &address});
        cr_expect_eq(locate_yield(machine), order ? LOCATE_NONE : LOCATE_SOME);
        locate_hurry(machine);
        cr_expect_eq(locate_over(machine), !order);
        cr_expect(order || (locate_result(machine, &places, &count) == DNS_FOUND && count == 1));
        locate_free(machine);
    }
}

/* Questions that nobody answers take up all there is. */
Test(locate, hosts_that_cannot_even_be_asked_about_are_not_waited_for) {
    struct locate_request request = of("a", 0, TRANSPORT_UDP, false);
    struct locate *machine = locate_new(&request, &all, &judge);
    struct locate_question question;
    struct dns_record services[10];
    static char names[10][8];
    const struct endpoint *places;
    unsigned count, answered = 0;
    cr_assert(locate_ask(machine, &question));
    for (unsigned i = 0; i < 10; i++) {
        snprintf(names[i], sizeof names[i], "h%u", i);
        services[i] = (struct dns_record){.port = 5060, .order = (uint16_t)i, .name = slice_of(names[i])};
    }
    locate_answer(machine, question.id, &(const struct dns_answer){DNS_FOUND, 60, 10, services});
    while (locate_ask(machine, &question)) {
        if (question.type == DNS_AAAA)
            continue;
        struct dns_record address = {.ip = {.family = 4, .bytes = {192, 0, 2, (uint8_t)++answered}}};
        locate_answer(machine, question.id, &(const struct dns_answer){DNS_FOUND, 60, 1, &address});
    }
    cr_expect_eq(locate_yield(machine), LOCATE_EVERY_HOST);
    locate_hurry(machine);
    cr_expect_eq(locate_result(machine, &places, &count), DNS_FOUND);
    cr_expect_eq(count, (unsigned)LOCATE_QUESTIONS, "%u of ten", count);
    locate_free(machine);
}

/* Records that point at each other are followed one step, as each step asks for something else. */
Test(locate, always_ends) {
    static const char *const lines[] = {"a NAPTR 1 1 s SIP+D2U _sip._udp.a", "_sip._udp.a SRV 0 0 5060 _sip._udp.a",
                                        "_sip._udp.a SRV 1 0 5060 a", NULL};
    struct locate_request request = of("a", 0, TRANSPORT_NONE, false);
    cr_expect_str_eq(locate(&request, &udp, lines), "nodata");
}

Test(locate, at_most_eight_questions_are_on_their_way_and_sixteen_places_are_found) {
    struct locate_request request = of("a", 0, TRANSPORT_UDP, false);
    struct locate *machine = locate_new(&request, &all, &judge);
    struct locate_question question, questions[64];
    struct dns_record records[DNS_RECORDS_MAX];
    static char names[DNS_RECORDS_MAX][8];
    unsigned asked_now = 0;
    cr_assert(locate_ask(machine, &question));
    for (unsigned i = 0; i < DNS_RECORDS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "h%u", i);
        records[i] = (struct dns_record){.port = 5060, .order = (uint16_t)i, .name = slice_of(names[i])};
    }
    locate_answer(machine, question.id, &(const struct dns_answer){DNS_FOUND, 60, DNS_RECORDS_MAX, records});
    unsigned total = 0;
    for (bool more = true; more;) {
        while (locate_ask(machine, &questions[asked_now]))
            asked_now++;
        cr_expect_leq(asked_now, (unsigned)LOCATE_QUESTIONS);
        more = asked_now > 0;
        while (asked_now) {
            struct dns_record address = {.ip = {.family = questions[--asked_now].type == DNS_A ? 4 : 6}};
            address.ip.bytes[0] = (uint8_t)++total;
            locate_answer(machine, questions[asked_now].id, &(const struct dns_answer){DNS_FOUND, 60, 1, &address});
        }
    }
    const struct endpoint *places;
    unsigned count;
    cr_assert(locate_over(machine));
    cr_expect_eq(locate_result(machine, &places, &count), DNS_FOUND);
    cr_expect_eq(total, 2 * LOCATE_SITES);
    cr_expect_eq(count, LOCATE_PLACES);
    locate_free(machine);
}
