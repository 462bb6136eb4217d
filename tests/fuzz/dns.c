/* SPDX-License-Identifier: MIT */
/* The door of name servers: any bytes as an answer, for libFuzzer and message_main.c. What is read is within its
 * limits, and a server is located with nothing but such answers: that ends, with no more than it may find. */
#include "tests/fuzz/message.h"

#include "runtime/net/dns_answer.h"
#include "runtime/sip/locate.h"

#include <stdlib.h>
#include <string.h>

enum { QUESTIONS_MAX = 1 + 4 + 2 * LOCATE_SITES };

static void promise(bool kept) {
    if (!kept)
        abort();
}

static void judge_text(struct slice text, size_t most) {
    promise(text.at != NULL && text.len <= most);
}

static void judge(const struct dns_answer *answer, enum dns_type type) {
    promise(answer->count <= DNS_RECORDS_MAX && (answer->count != 0) == (answer->status == DNS_FOUND));
    for (unsigned i = 0; i < answer->count; i++) {
        const struct dns_record *record = &answer->records[i];
        promise(record->ip.family == (type == DNS_A ? 4 : type == DNS_AAAA ? 6 : 0));
        judge_text(record->name, DNS_NAME_MAX);
        judge_text(record->service, 255);
        judge_text(record->flags, 255);
        for (size_t n = 0; n < record->name.len; n++)
            promise(record->name.at[n] > ' ' && record->name.at[n] < 0x7f);
    }
}

static uint64_t number(void *context) {
    uint64_t *drawn = context;
    return (*drawn)++ * UINT64_C(0x9e3779b97f4a7c15);
}

static bool is_avoided(void *context, const struct endpoint *place) {
    (void)context;
    return place->ip.bytes[3] & 1;
}

static void locate(const struct dns_answer answers[DNS_TYPES], enum transport transport) {
    static const struct locate_means means = {
        .families = {[TRANSPORT_UDP] = LOCATE_IPV4 | LOCATE_IPV6, [TRANSPORT_TCP] = LOCATE_IPV4}};
    const struct locate_request request = {.host = SLICE("example.net"), .transport = transport};
    uint64_t drawn = 0;
    const struct locate_judge judge = {.context = &drawn, .number = number, .avoided = is_avoided};
    struct locate *machine = locate_new(&request, &means, &judge);
    struct locate_question question;
    const struct endpoint *places;
    unsigned count, asked = 0;
    promise(machine != NULL);
    while (!locate_over(machine)) {
        promise(locate_ask(machine, &question) && ++asked <= QUESTIONS_MAX);
        locate_answer(machine, question.id, &answers[question.type]);
    }
    promise((locate_result(machine, &places, &count) == DNS_FOUND) == (count != 0) && count <= LOCATE_PLACES);
    locate_free(machine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct dns_answer answers[DNS_TYPES];
    struct arena arena;
    char *copy = malloc(size ? size : 1); /* of that size exactly: a sanitizer sees a byte too far */
    promise(copy != NULL);
    if (size)
        memcpy(copy, data, size);
    arena_init(&arena, NULL, 0, 0);
    for (enum dns_type type = 0; type < DNS_TYPES; type++) {
        dns_answer_read(&answers[type], (struct slice){copy, size}, type, &arena);
        judge(&answers[type], type);
    }
    free(copy);
    locate(answers, TRANSPORT_NONE);
    locate(answers, TRANSPORT_UDP);
    arena_free(&arena);
    return 0;
}
