/* SPDX-License-Identifier: MIT */
#include "runtime/control/when.h"

#include <time.h>

int64_t when_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *when_text(int64_t unix_ms, char buffer[WHEN_TEXT]) {
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm utc;
    buffer[0] = '\0';
    if (gmtime_r(&seconds, &utc))
        strftime(buffer, WHEN_TEXT, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return buffer;
}
