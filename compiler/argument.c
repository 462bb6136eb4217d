/* SPDX-License-Identifier: MIT */
#include "compiler/argument.h"

#include "grammar/value.h"
#include "grammar/zone_name.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void refuse(struct check *check, enum diag_code code, const struct text *text,
                   const char *what, const char *help) {
    struct diag *diag =
        diag_report(check->diags, code, text->span, "'%.*s' is no %s", SLICE_ARG(text->s), what);
    diag_help(check->diags, diag, "%s", help);
}

static void check_block(struct check *check, const struct text *text, struct slice value) {
    struct ip_block block;
    if (!ip_block_parse(&block, value))
        refuse(check, DIAG_ARGUMENT_CIDR, text, "address block",
               "write it like \"10.0.0.0/8\" or \"2001:db8::/32\"");
}

static void check_address(struct check *check, const struct text *text, struct slice value) {
    struct ip_address ip;
    if (!ip_parse(&ip, value))
        refuse(check, DIAG_ARGUMENT_VALUE, text, "IP address",
               "write it like \"192.0.2.1\" or \"2001:db8::1\"");
}

static void check_number(struct check *check, const struct text *text, struct slice value) {
    double number;
    if (!decimal_parse(&number, value))
        refuse(check, DIAG_ARGUMENT_VALUE, text, "number", "write it like \"100\" or \"-1.5\"");
}

static void check_time(struct check *check, const struct text *text, struct slice value) {
    unsigned minutes;
    if (!time_of_day_parse(&minutes, value))
        refuse(check, DIAG_ARGUMENT_VALUE, text, "time of day",
               "write it like \"9:00\" or \"17:30\"");
}

static void check_parameter(struct check *check, const struct text *text, struct slice value) {
    size_t count = 0;
    while (count < value.len && byte_is_token((unsigned char)value.at[count]))
        count++;
    if (count == 0 || count < value.len)
        refuse(check, DIAG_ARGUMENT_VALUE, text, "parameter's name", "write it like \"expires\"");
}

/* Is there a zone of that name in the machine's tz database? */
static bool zone_exists(struct slice name) {
    char path[256];
    char magic[4] = "";
    struct stat status;
    int length = snprintf(path, sizeof path, "/usr/share/zoneinfo/%.*s", SLICE_ARG(name));
    if (length < 0 || (size_t)length >= sizeof path || stat(path, &status) ||
        !S_ISREG(status.st_mode))
        return false;
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    bool zone = fread(magic, 1, sizeof magic, file) == sizeof magic &&
                memcmp(magic, "TZif", sizeof magic) == 0;
    fclose(file);
    return zone;
}

static void check_zone(struct check *check, const struct text *text, struct slice value) {
    struct zone_name zone;
    if (!zone_name_parse(&zone, value) || (zone.database.at && !zone_exists(zone.database)))
        refuse(check, DIAG_ARGUMENT_ZONE, text, "time zone that this machine knows",
               "write it like \"Europe/Berlin\", \"PST\" or \"GMT-5\"");
}

void argument_check(struct check *check, char kind, const struct text *text, struct slice value) {
    switch (kind) {
    case 'p': check_block(check, text, value); break;
    case 'i': check_address(check, text, value); break;
    case 'n': check_number(check, text, value); break;
    case 'd': check_time(check, text, value); break;
    case 'z': check_zone(check, text, value); break;
    case 'x': check_parameter(check, text, value); break;
    default: break; /* a text: anything */
    }
}
