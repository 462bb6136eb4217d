/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/words_directory.h"

#include "runtime/proxy/auth.h"
#include "runtime/sip/words_message.h"
#include "runtime/state/alias.h"
#include "runtime/state/location.h"
#include "runtime/state/user.h"

#include <errno.h>

#define HOME_IS_DIRECTORY ~,
#include "runtime/plan/home.h"

const word_table words_directory = {
#define FUNCTION(ID, NAME, HOME, ...) HOME_ROW(ID, HOME)
#include "grammar/words.def"
};

static const struct proxy_facts *facts_of(const struct vm *vm) {
    return vm->host->state;
}

static struct slice group_of(const struct slice *arguments, unsigned count) {
    return count > 1 && arguments[1].at ? arguments[1] : SLICE_EMPTY;
}

static enum word_result word_ALIAS_LOOKUP(HOME_ARGUMENTS) {
    if (!arguments[0].at)
        return WORD_NULL;
    return home_answer(result, alias_entity(facts_of(vm)->proxy->aliases, group_of(arguments, count), arguments[0]));
}

static enum word_result word_ALIAS_REVERSE(HOME_ARGUMENTS) {
    if (!arguments[0].at)
        return WORD_NULL;
    return home_answer(result, alias_of(facts_of(vm)->proxy->aliases, group_of(arguments, count), arguments[0]));
}

/* Of a name, or of the user in a URI. WORD_TEXT: *user may be NULL for nobody. */
static enum word_result find_user(const struct vm *vm, struct slice text, const struct user **user) {
    struct sip_uri uri;
    struct slice name = slice_trim(text);
    if (message_host(name, &uri) && uri.user.at) {
        name = location_user(vm->outcome->arena, &uri);
        if (!name.at)
            return WORD_FAULT;
    }
    *user = users_find(facts_of(vm)->proxy->users, name);
    return WORD_TEXT;
}

/* Without an argument: of whom the credentials name. Nobody has verified them when a rule asks, unless an earlier one
 * said $auth = true. */
static enum word_result word_USRDIR_LOOKUP(HOME_ARGUMENTS) {
    const struct proxy_facts *facts = facts_of(vm);
    const struct user *user = NULL;
    struct slice name = SLICE_NULL;
    if (count) {
        enum word_result found = arguments[0].at ? find_user(vm, arguments[0], &user) : WORD_NULL;
        return found == WORD_TEXT ? home_truth(result, user != NULL) : found;
    }
    if (auth_claimed(facts->proxy, facts->request, vm->outcome->arena, &name) == -ENOMEM)
        return WORD_FAULT;
    return home_truth(result, name.at && users_find(facts->proxy->users, name));
}

static enum word_result word_PN_USER(HOME_ARGUMENTS) {
    (void)count;
    const struct user *user = NULL;
    enum word_result found = arguments[0].at ? find_user(vm, arguments[0], &user) : WORD_NULL;
    return found == WORD_TEXT ? home_truth(result, user && user->push) : found;
}
