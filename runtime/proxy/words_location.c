/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/words_location.h"

#include "runtime/proxy/ours.h"
#include "runtime/proxy/words_state.h"
#include "runtime/sip/words_message.h"
#include "runtime/state/location.h"

#define HOME_IS_LOCATION ~,
#include "runtime/plan/home.h"

const word_table words_location = {
#define FUNCTION(ID, NAME, HOME, ...) HOME_ROW(ID, HOME)
#include "grammar/words.def"
};

/* A URI, a header value with one, or a user's name. */
static bool read_user(struct arena *arena, struct slice text, struct sip_uri *uri) {
    if (message_host(text, uri) && uri->scheme_name.len)
        return uri->user.at != NULL;
    const char *made = arena_printf(arena, "sip:%.*s@", SLICE_ARG(slice_trim(text)));
    return made && uri_parse(uri, slice_of(made), URI_EMPTY_HOST) == 0 && uri->host.len == 0 && !uri->password.at;
}

/* The contacts of the user that the word asks about, NULL when he has none. WORD_TEXT; WORD_NULL: no user is named. */
static enum word_result find(struct vm *vm, const struct slice *arguments, unsigned count,
                             const struct binding **binding) {
    const struct proxy_facts *facts = vm->host->state;
    struct proxy *proxy = facts->proxy;
    struct arena *arena = vm->outcome->arena;
    struct slice text = count ? arguments[0] : message_request_uri(facts->request, vm->outcome);
    struct sip_uri uri;
    *binding = NULL;
    if (!text.at || !read_user(arena, text, &uri))
        return WORD_NULL;
    if (uri.host.len && !ours_host(proxy->settings, &uri)) /* a namesake elsewhere */
        return WORD_TEXT;
    struct slice user = location_user(arena, &uri);
    if (!user.at)
        return WORD_FAULT;
    *binding = location_bindings(proxy->locations, user);
    return WORD_TEXT;
}

static enum word_result word_REGISTERED(HOME_ARGUMENTS) {
    const struct binding *binding;
    enum word_result found = find(vm, arguments, count, &binding);
    return found == WORD_TEXT ? home_truth(result, binding != NULL) : found;
}

static enum word_result word_REGURI(HOME_ARGUMENTS) {
    const struct binding *binding;
    enum word_result found = find(vm, arguments, count, &binding);
    if (found != WORD_TEXT || !binding)
        return found == WORD_TEXT ? WORD_NULL : found;
    *result = arena_copy(vm->outcome->arena, binding->contact);
    return result->at ? WORD_TEXT : WORD_FAULT;
}

/* Where requests for the contact go, when that is an address. */
static enum word_result word_REGADDR(HOME_ARGUMENTS) {
    const struct binding *binding;
    enum word_result found = find(vm, arguments, count, &binding);
    if (found != WORD_TEXT || !binding)
        return found == WORD_TEXT ? WORD_NULL : found;
    struct sip_uri uri = {.ip = binding->received.ip};
    if (!binding->nat && (uri_parse(&uri, binding->contact, 0) || !uri.ip.family))
        return WORD_NULL;
    char text[IP_TEXT];
    return home_made(result, arena_printf(vm->outcome->arena, "%s", ip_format(&uri.ip, text)));
}
