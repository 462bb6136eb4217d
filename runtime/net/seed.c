/* SPDX-License-Identifier: MIT */
#include "runtime/net/seed.h"

#include "runtime/net/key.h"

#include <errno.h>
#include <string.h>

int seed_make(struct proxy_seed *seed, const char *directory, struct log *log) {
    char text[256];
    int result = key_random(&seed->tables);
    if (!result)
        result = key_random(&seed->numbers);
    if (result)
        return result;
    int kept = key_kept(&seed->dialogs, directory);
    if (kept) {
        log_printf(log, LOG_WARNING,
                   "event=key-not-kept directory=%s error=\"%s\" consequence=\"dialogs end with this run\"",
                   log_value(slice_of(directory), text, sizeof text),
                   kept == -EBADMSG ? "dialog.key is no key" : strerror(-kept));
        result = key_random(&seed->dialogs);
    }
    return result;
}
