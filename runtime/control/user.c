/* SPDX-License-Identifier: MIT */
/* fovctl user ... */
#include "grammar/source.h"
#include "runtime/control/import.h"
#include "runtime/control/list.h"
#include "runtime/control/password.h"
#include "runtime/control/registration.h"
#include "runtime/sip/digest.h"
#include "runtime/sip/uri.h"
#include "runtime/state/location.h"

#include <string.h>

/* Names and realms. */

/* What a URI's user part can be; commas separate names in lists. NULL, or what is wrong. */
static const char *name_fault(struct control *control, struct slice name) {
    struct sip_uri uri;
    char *text = arena_printf(&control->arena, "sip:%.*s@a", SLICE_ARG(name));
    if (!text)
        return "out of memory";
    if (name.len == 0)
        return "the name is empty";
    if (name.len > 256)
        return "the name is too long: 256 bytes at most";
    if (strlen(text) != name.len + 6 || uri_parse(&uri, slice_of(text), 0) != 0 || !slice_equal(uri.user, name) ||
        slice_find(name, 0, ',') < name.len)
        return "the name is no user part of a SIP URI without commas, as alice or 1001 are";
    struct slice key = location_user(&control->arena, &uri);
    if (!key.at)
        return "out of memory";
    if (slice_equal(key, name))
        return NULL;
    const char *fault = arena_printf(&control->arena, "the name is another way to write %.*s", SLICE_ARG(key));
    return fault ? fault : "out of memory";
}

static const char *allow_fault(struct control *control, struct slice list) {
    if (list.len > STORE_TEXT_MAX)
        return "the list of allowed names is too long";
    for (size_t at = 0; list.len && at <= list.len;) {
        size_t comma = slice_find(list, at, ',');
        struct slice name = slice_cut(list, at, comma);
        if (!slice_equal(name, SLICE("*")) && name_fault(control, name))
            return "the allowed names are a list like alice,bob, without blanks, or *";
        at = comma + 1;
    }
    return NULL;
}

static const char *realm_fault(struct slice realm) {
    if (slice_find(realm, 0, '"') < realm.len || slice_find(realm, 0, '\\') < realm.len || !utf8_is_text(realm))
        return "a realm has no quotes, backslashes and control characters";
    return realm.len == 0 || realm.len > 256 ? "a realm has 1 to 256 bytes" : NULL;
}

/* The one on the line, else the one that the server has left in the store. 0 or an exit code. */
static int find_realm(struct control *control, struct slice *realm) {
    const char *given = control->values[CONTROL_OPTION_REALM];
    struct store_row row = {.kind = STORE_SETTING, .setting = {.name = SLICE("realm")}};
    *realm = slice_of(given);
    if (given) {
        const char *fault = realm_fault(*realm);
        return fault ? control_fail(CONTROL_WRONG, "%s", fault) : CONTROL_FINE;
    }
    int code = control_find(control, &row);
    if (code != CONTROL_FINE)
        return code;
    if (row.gone)
        return control_fail(
            CONTROL_WRONG, "no realm is known yet: say it with --realm NAME (what fovrun --realm or its first --domain "
                           "says), or start fovrun once");
    *realm = arena_copy(&control->arena, row.setting.value);
    return realm->at ? CONTROL_FINE : control_no_memory();
}

/* The hashes that are kept instead of the password. False: out of memory. */
static bool set_password(struct control *control, struct store_user *user, struct slice realm, struct slice password) {
    struct digest_text md5, sha256;
    digest_ha1(DIGEST_MD5, user->name, realm, password, &md5);
    digest_ha1(DIGEST_SHA256, user->name, realm, password, &sha256);
    user->realm = realm;
    user->md5 = arena_copy(&control->arena, (struct slice){md5.digits, digests[DIGEST_MD5].length});
    user->sha256 = arena_copy(&control->arena, (struct slice){sha256.digits, digests[DIGEST_SHA256].length});
    return user->md5.at && user->sha256.at;
}

/* user add, user passwd */

struct account {
    struct password password;
    struct slice realm;
    struct store_row row; /* as it is, then as it will be */
    bool fresh;           /* there is to be no such user yet */
};

/* Before anybody is asked for a password, and again when nobody else can write. */
static int check_account(struct control *control, struct account *account) {
    account->row = (struct store_row){.kind = STORE_USER, .user = {.name = slice_of(control->words[0])}};
    int code = control_find(control, &account->row);
    if (code != CONTROL_FINE || account->row.gone == account->fresh)
        return code;
    return account->fresh
               ? control_fail(CONTROL_WRONG, "there is a user %s already; fovctl user passwd changes the password",
                              control->words[0])
               : control_fail(CONTROL_WRONG, "there is no user %s", control->words[0]);
}

static int put_account(struct control *control, void *context) {
    struct account *account = context;
    struct store_user *user = &account->row.user;
    int code = check_account(control, account);
    if (code != CONTROL_FINE)
        return code;
    if (account->fresh) {
        account->row.gone = false;
        user->allow = slice_of(control->values[CONTROL_OPTION_ALLOW]);
        user->push = control->values[CONTROL_OPTION_PUSH] != NULL;
    }
    if (!set_password(control, user, account->realm, password_text(&account->password)))
        return control_no_memory();
    return control_put(control, &account->row);
}

static int save_account(struct control *control, bool fresh) {
    struct account account = {.fresh = fresh};
    const char *fault = name_fault(control, slice_of(control->words[0]));
    if (!fault && fresh)
        fault = allow_fault(control, slice_of(control->values[CONTROL_OPTION_ALLOW]));
    if (fault)
        return control_fail(CONTROL_WRONG, "%s", fault);
    int code = control_open(control, STORE_TOOL);
    if (code == CONTROL_FINE)
        code = find_realm(control, &account.realm);
    if (code == CONTROL_FINE)
        code = check_account(control, &account);
    if (code == CONTROL_FINE)
        code = password_read(&account.password, control->values[CONTROL_OPTION_PASSWORD_FILE]);
    if (code == CONTROL_FINE)
        code = control_change(control, put_account, &account);
    password_wipe(&account.password);
    return code;
}

int control_USER_ADD(struct control *control) {
    return save_account(control, true);
}

int control_USER_PASSWD(struct control *control) {
    return save_account(control, false);
}

/* user del */

static int remove_user(struct control *control, void *context) {
    struct store_row row = {.kind = STORE_USER, .user = {.name = slice_of(control->words[0])}};
    (void)context;
    int code = control_find(control, &row);
    if (code != CONTROL_FINE)
        return code;
    if (row.gone)
        return control_fail(CONTROL_WRONG, "there is no user %s", control->words[0]);
    row.gone = true;
    unsigned contacts;
    code = control_put(control, &row);
    return code == CONTROL_FINE ? registration_remove(control, row.user.name, SLICE_NULL, &contacts) : code;
}

int control_USER_DEL(struct control *control) {
    return control_change(control, remove_user, NULL);
}

/* user list */

static int list_user(void *context, const struct store_row *row) {
    struct list *list = context;
    table_text(&list->table, row->user.name);
    table_text(&list->table, row->user.realm);
    table_text(&list->table, row->user.allow);
    table_truth(&list->table, row->user.push);
    return 0;
}

int control_USER_LIST(struct control *control) {
    static const char *const names[] = {"name", "realm", "allow", "push", NULL};
    return list_print(control, STORE_USER, names, list_user);
}

/* user import */

static const char *import_row(struct import *import, const struct csv_record *record, struct store_row *row) {
    struct control *control = import->control;
    const struct slice *realm = import->context;
    struct slice allow = record->count > 2 ? record->fields[2] : SLICE_NULL;
    const char *fault = name_fault(control, record->fields[0]);
    if (!fault)
        fault = password_fault(record->fields[1]);
    if (!fault)
        fault = allow_fault(control, allow);
    if (fault)
        return fault;
    *row = (struct store_row){.kind = STORE_USER};
    row->user.name = arena_copy(&control->arena, record->fields[0]);
    row->user.allow = arena_copy(&control->arena, allow);
    bool fine = row->user.name.at && (row->user.allow.at || !allow.at) &&
                set_password(control, &row->user, *realm, record->fields[1]);
    return fine ? NULL : "out of memory";
}

/* A user that is there already keeps what the file does not say. */
static int put_imported(struct control *control, void *context) {
    const struct import *import = context;
    int code = CONTROL_FINE;
    for (unsigned i = 0; i < import->count && code == CONTROL_FINE; i++) {
        struct store_row *row = &import->rows[i], old = {.kind = STORE_USER, .user = {.name = row->user.name}};
        code = control_find(control, &old);
        if (code == CONTROL_FINE && !old.gone) {
            row->user.push = old.user.push;
            row->user.allow = row->user.allow.at ? row->user.allow : old.user.allow;
        }
        if (code == CONTROL_FINE)
            code = control_put(control, row);
    }
    return code;
}

int control_USER_IMPORT(struct control *control) {
    static const char *const columns[] = {"name", "password", "allow", NULL};
    struct slice realm;
    struct import import = {.control = control, .file = control->words[0], .columns = columns, .least = 2};
    import.row = import_row;
    import.context = &realm;
    int code = control_open(control, STORE_TOOL);
    if (code == CONTROL_FINE)
        code = find_realm(control, &realm);
    if (code == CONTROL_FINE)
        code = import_read(&import);
    if (code == CONTROL_FINE)
        code = control_change(control, put_imported, &import);
    if (code == CONTROL_FINE)
        printf("%u user%s imported\n", import.count, import.count == 1 ? "" : "s");
    return code;
}
