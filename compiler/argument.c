/* SPDX-License-Identifier: MIT */
#include "compiler/argument.h"

#include "grammar/value.h"
#include "grammar/zone_name.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool fits_block(struct slice value) {
    struct ip_block block;
    return ip_block_parse(&block, value);
}

static bool fits_address(struct slice value) {
    struct ip_address ip;
    return ip_parse(&ip, value);
}

static bool fits_number(struct slice value) {
    double number;
    return decimal_parse(&number, value);
}

static bool fits_time(struct slice value) {
    unsigned minutes;
    return time_of_day_parse(&minutes, value);
}

static bool fits_parameter(struct slice value) {
    size_t count = 0;
    while (count < value.len && byte_is_token((unsigned char)value.at[count]))
        count++;
    return count != 0 && count == value.len;
}

/* Is there a zone of that name in the machine's tz database? */
static bool zone_exists(struct slice name) {
    char path[256];
    char magic[4] = "";
    struct stat status;
    int length = snprintf(path, sizeof path, "/usr/share/zoneinfo/%.*s", SLICE_ARG(name));
    if (length < 0 || (size_t)length >= sizeof path || stat(path, &status) || !S_ISREG(status.st_mode))
        return false;
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    bool zone = fread(magic, 1, sizeof magic, file) == sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
    fclose(file);
    return zone;
}

static bool fits_zone(struct slice value) {
    struct zone_name zone;
    return zone_name_parse(&zone, value) && (!zone.database.at || zone_exists(zone.database));
}

/* The kinds that are not just any text. */
static const struct kind {
    char letter;
    enum diag_code code;
    bool (*fits)(struct slice value);
    const char *what, *help;
} kinds[] = {
    {'p', DIAG_ARGUMENT_CIDR, fits_block, "address block", "write it like \"10.0.0.0/8\" or \"2001:db8::/32\""},
    {'i', DIAG_ARGUMENT_VALUE, fits_address, "IP address", "write it like \"192.0.2.1\" or \"2001:db8::1\""},
    {'n', DIAG_ARGUMENT_VALUE, fits_number, "number", "write it like \"100\" or \"-1.5\""},
    {'d', DIAG_ARGUMENT_VALUE, fits_time, "time of day", "write it like \"9:00\" or \"17:30\""},
    {'z', DIAG_ARGUMENT_ZONE, fits_zone, "time zone that this machine knows",
     "write it like \"Europe/Berlin\", \"PST\" or \"GMT-5\""},
    {'x', DIAG_ARGUMENT_VALUE, fits_parameter, "parameter's name", "write it like \"expires\""},
};

static const struct kind *kind_of(char letter) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].letter == letter)
            return &kinds[i];
    return NULL;
}

void argument_check(struct check *check, char kind, const struct text *text, struct slice value) {
    const struct kind *row = kind_of(kind);
    if (!row || row->fits(value))
        return;
    struct diag *diag =
        diag_report(check->diags, row->code, text->span, "'%.*s' is no %s", SLICE_ARG(text->s), row->what);
    diag_help(check->diags, diag, "%s", row->help);
}

void argument_check_bare(struct check *check, char kind, const struct text *text) {
    const struct kind *row = kind_of(kind);
    struct slice s = text->s;
    bool apostrophes = s.len > 2 && s.at[0] == '\'' && s.at[s.len - 1] == '\'';
    if (!apostrophes && !(row && row->fits(s)))
        return;
    struct slice meant = apostrophes ? slice_cut(s, 1, s.len - 1) : s;
    struct diag *diag = diag_report(check->diags, DIAG_ARGUMENT_BARE, text->span,
                                    "'%.*s' without quotation marks is the name of a header", SLICE_ARG(s));
    diag_help(check->diags, diag, "write \"%.*s\"", SLICE_ARG(meant));
}
