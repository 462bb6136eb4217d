/* SPDX-License-Identifier: MIT */
#include "runtime/state/user.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const struct hash_key key = {{1}};

#define MD5    "939e7578ed9e3c518a452acee763bce9"
#define SHA256 "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"

static struct users *new_users(void) {
    struct users *users = users_new(&key);
    cr_assert_not_null(users);
    return users;
}

static const struct user *put(struct users *users, const struct store_user *row) {
    cr_assert_eq(users_put(users, row), 0);
    const struct user *user = users_find(users, row->name);
    cr_assert_not_null(user);
    return user;
}

Test(user, is_found_by_his_very_name) {
    struct users *users = new_users();
    put(users, &(const struct store_user){.name = SLICE("bob"), .realm = SLICE("r"), .md5 = SLICE(MD5), .push = true});
    put(users, &(const struct store_user){.name = SLICE("Bob"), .sha256 = SLICE(SHA256)});
    cr_expect_eq(users_count(users), 2);
    const struct user *bob = users_find(users, SLICE("bob")), *other = users_find(users, SLICE("Bob"));
    cr_assert(bob && other);
    cr_expect(bob->push && !other->push);
    cr_expect(bob->has[DIGEST_MD5] && !bob->has[DIGEST_SHA256]);
    cr_expect(!other->has[DIGEST_MD5] && other->has[DIGEST_SHA256]);
    cr_expect(slice_equal((struct slice){bob->ha1[DIGEST_MD5].digits, 32}, SLICE(MD5)));
    cr_expect(slice_equal(bob->realm, SLICE("r")));
    cr_expect_null(users_find(users, SLICE("bo")));
    cr_expect_null(users_find(users, SLICE_EMPTY));
    users_free(users);
}

Test(user, of_the_same_name_takes_the_place_of_the_old_one) {
    struct users *users = new_users();
    put(users, &(const struct store_user){.name = SLICE("bob"), .md5 = SLICE(MD5), .allow = SLICE("*")});
    const struct user *bob = put(users, &(const struct store_user){.name = SLICE("bob")});
    cr_expect_eq(users_count(users), 1);
    cr_expect(!bob->has[DIGEST_MD5] && !user_may_be_all(bob));
    users_remove(users, SLICE("bob"));
    users_remove(users, SLICE("bob"));
    cr_expect_eq(users_count(users), 0);
    cr_expect_null(users_find(users, SLICE("bob")));
    users_free(users);
}

Test(user, has_no_secret_that_is_no_hash) {
    static const char *const wrong[] = {"", "secret", "939e7578ed9e3c518a452acee763bce",
                                        "939e7578ed9e3c518a452acee763bceg", "939e7578ed9e3c518a452acee763bce9a"};
    struct users *users = new_users();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const struct user *bob = put(
            users,
            &(const struct store_user){.name = SLICE("bob"), .md5 = slice_of(wrong[i]), .sha256 = slice_of(wrong[i])});
        cr_expect(!bob->has[DIGEST_MD5] && !bob->has[DIGEST_SHA256], "%s", wrong[i]);
    }
    const struct user *bob =
        put(users, &(const struct store_user){.name = SLICE("bob"), .md5 = SLICE("939E7578ED9E3C518A452ACEE763BCE9")});
    cr_expect(bob->has[DIGEST_MD5] && slice_equal((struct slice){bob->ha1[DIGEST_MD5].digits, 32}, SLICE(MD5)));
    users_free(users);
}

Test(user, may_be_himself_and_whom_his_row_names) {
    static const struct {
        const char *allow, *name;
        bool may;
    } rows[] = {
        {"", "bob", true},      {"", "ann", false},    {"", "", false},           {"ann", "ann", true},
        {"ann", "an", false},   {"ann", "Ann", false}, {" ann , cy", "cy", true}, {"ann,cy", "ann,cy", false},
        {"ann,,cy", "", false}, {"ann,", "", false},   {"*", "anybody", true},    {"*,ann", "cy", false},
        {"ann", "bob", true},   {"*", "", true},
    };
    struct users *users = new_users();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct user *bob =
            put(users, &(const struct store_user){.name = SLICE("bob"), .allow = slice_of(rows[i].allow)});
        cr_expect_eq(user_may_be(bob, slice_of(rows[i].name)), rows[i].may, "'%s' as '%s'", rows[i].allow,
                     rows[i].name);
    }
    users_free(users);
}

Test(user, is_one_of_many) {
    enum { MANY = 5000 };
    struct users *users = new_users();
    char name[16];
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "%u", i);
        cr_assert_eq(users_put(users, &(const struct store_user){.name = slice_of(name)}), 0);
    }
    cr_expect_eq(users_count(users), MANY);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "%u", i);
        cr_assert_not_null(users_find(users, slice_of(name)));
    }
    users_free(users);
}
