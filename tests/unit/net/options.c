/* SPDX-License-Identifier: MIT */
#include "runtime/net/options.h"

#include <criterion/criterion.h>
#include <string.h>

enum { WORDS = 20, MESSAGE = 1024 };

/* Splits "a b c" and reads it as fovrun's arguments. */
static enum options_result read_line(struct options *options, const char *line, char message[MESSAGE]) {
    static char copy[512], *arguments[WORDS + 2];
    int count = 0;
    snprintf(copy, sizeof copy, "%s", line);
    arguments[count++] = "fovrun";
    for (char *word = strtok(copy, " "); word && count <= WORDS; word = strtok(NULL, " "))
        arguments[count++] = word;
    arguments[count] = NULL;
    memset(message, 0, MESSAGE);
    FILE *errors = fmemopen(message, MESSAGE, "w");
    enum options_result result = options_read(options, count, arguments, errors);
    fclose(errors);
    return result;
}

Test(options, have_the_defaults_that_the_manual_names) {
    struct options o;
    char message[MESSAGE];
    cr_assert_eq(read_line(&o, "-p plan.bin", message), OPTIONS_RUN);
    cr_expect_str_eq(o.plan, "plan.bin");
    cr_expect(o.listen_default);
    cr_assert_eq(o.listen_count, 4);
    cr_expect(o.listen[0].ip.family == 4 && o.listen[0].port == 5060 && ip_is_unspecified(&o.listen[0].ip));
    cr_expect(o.listen[1].ip.family == 6 && o.listen[1].port == 5060 && ip_is_unspecified(&o.listen[1].ip));
    cr_expect(o.listen[0].transport == TRANSPORT_UDP && o.listen[1].transport == TRANSPORT_UDP);
    cr_expect(o.listen[2].transport == TRANSPORT_TCP && o.listen[3].transport == TRANSPORT_TCP);
    cr_expect(o.limits.connections == 10000 && o.limits.per_source == 100 && o.limits.connect == 3000);
    const struct proxy_settings *s = &o.settings;
    cr_expect(!s->relay_all && s->failover && s->record_route && !o.cdr && !s->advertise.at);
    cr_expect(s->timers.t1 == 500 && s->timers.t2 == 4000 && s->timers.t4 == 5000 && s->timer_c == 181000);
    cr_expect_eq(s->log_level, LOG_INFO);
    cr_expect_str_eq(o.state_dir, "/var/lib/fov");
    cr_expect(slice_equal(s->realm, SLICE("fov")) && s->auth == AUTH_REGISTER);
    cr_expect(s->expires_least == 60 && s->expires_default == 3600 && s->expires_most == 7200);
    cr_expect(s->contacts_max == 10 && s->keepalive == 30000 && !s->keepalive_options);
    cr_expect(s->max_session == 86400000 && s->block_time == 3600000 && s->blocks_max == 65536);
    cr_expect(s->preset_count == 0 && s->exempt_count == 0 && !o.check && !o.config);
    options_free(&o);
}

Test(options, are_read_in_every_form) {
    struct options o;
    char message[MESSAGE], text[ENDPOINT_TEXT];
    cr_assert_eq(read_line(&o,
                           "--plan=p -l udp:127.0.0.1:5080 --listen UDP:[::1]:0 -ludp:10.0.0.1 --domain a.example "
                           "--domain=b.example --relay=all --t1=250ms --t2 2 --log-level=debug",
                           message),
                 OPTIONS_RUN, "%s", message);
    cr_assert_eq(o.listen_count, 3);
    cr_expect_str_eq(endpoint_text(&o.listen[0], text), "127.0.0.1:5080");
    cr_expect_str_eq(endpoint_text(&o.listen[1], text), "[::1]:0");
    cr_expect_str_eq(endpoint_text(&o.listen[2], text), "10.0.0.1:5060");
    cr_assert_eq(o.settings.domain_count, 2);
    cr_expect(slice_equal(o.settings.domains[1], SLICE("b.example")));
    cr_expect(o.settings.relay_all && o.settings.timers.t1 == 250 && o.settings.timers.t2 == 2000 &&
              o.settings.log_level == LOG_DEBUG);
    options_free(&o);
    cr_assert_eq(read_line(&o, "-p p --advertise [2001:db8::1]:5070 --failover=off --record-route off", message),
                 OPTIONS_RUN);
    cr_expect(slice_equal(o.settings.advertise, SLICE("[2001:db8::1]")) && o.settings.advertise_port == 5070);
    cr_expect(!o.settings.failover && !o.settings.record_route);
    options_free(&o);
    cr_assert_eq(read_line(&o, "-p p --advertise sip.example.com", message), OPTIONS_RUN);
    cr_expect(slice_equal(o.settings.advertise, SLICE("sip.example.com")) && o.settings.advertise_port == 0);
    options_free(&o);
    cr_assert_eq(read_line(&o, "-p p -l udp:127.0.0.1:0 -l udp:127.0.0.1:0 --t1=4s --timer-c=180001ms", message),
                 OPTIONS_RUN, "%s", message);
    cr_expect(o.listen_count == 2, "any two free ports");
    options_free(&o);
}

Test(options, of_the_registrar_and_its_neighbours_are_read) {
    struct options o;
    char message[MESSAGE];
    cr_assert_eq(read_line(&o,
                           "-p p -e site=berlin --env=a.b-c=x=y -eSITE=bonn --auth all --auth-digest=md5 --min-expires "
                           "30s --max-contacts 2 "
                           "--nat-keepalive off --keepalive-with=options --block-exempt 10.0.0.0/8 --block-exempt ::1",
                           message),
                 OPTIONS_RUN, "%s", message);
    const struct proxy_settings *s = &o.settings;
    cr_assert_eq(s->preset_count, 2);
    cr_expect(slice_equal(s->presets[0].name, SLICE("SITE")) && slice_equal(s->presets[0].value, SLICE("bonn")));
    cr_expect(slice_equal(s->presets[1].name, SLICE("a.b-c")) && slice_equal(s->presets[1].value, SLICE("x=y")));
    cr_expect(s->auth == AUTH_ALL && s->auth_digest == AUTH_DIGEST_MD5 && s->expires_least == 30 &&
              s->contacts_max == 2);
    cr_expect(s->keepalive == 0 && s->keepalive_options);
    cr_assert_eq(s->exempt_count, 2);
    cr_expect(s->exempt[0].prefix == 8 && s->exempt[1].ip.family == 6 && s->exempt[1].prefix == 128);
    options_free(&o);
    cr_assert_eq(read_line(&o, "-p p --domain a.example --domain b.example", message), OPTIONS_RUN);
    cr_expect(slice_equal(o.settings.realm, SLICE("a.example")), "the first domain");
    options_free(&o);
}

Test(options, ask_for_help_or_version_before_anything_else_is_judged) {
    struct options o;
    char message[MESSAGE];
    cr_expect_eq(read_line(&o, "--help", message), OPTIONS_HELP);
    options_free(&o);
    cr_expect_eq(read_line(&o, "-p x -h", message), OPTIONS_HELP);
    options_free(&o);
    cr_expect_eq(read_line(&o, "-V", message), OPTIONS_VERSION);
    options_free(&o);
}

Test(options, of_tls_make_it_listen_at_its_own_port) {
    struct options o;
    char message[MESSAGE];
    const char *line =
        "-p p --tls-certificate a.pem --tls-certificate b.pem --tls-ca ca.pem --tls-verify-client required";
    cr_assert_eq(read_line(&o, line, message), OPTIONS_RUN, "%s", message);
    cr_expect_eq(o.listen_count, 6);
    cr_expect(o.listen[4].transport == TRANSPORT_TLS && o.listen[4].port == 5061 && o.listen[5].ip.family == 6);
    cr_expect_eq(o.tls.certificate_count, 2);
    cr_expect_str_eq(o.tls.certificates[1], "b.pem");
    cr_expect_str_eq(o.tls.keys[1], "b.pem"); /* the key is in the same file */
    cr_expect_str_eq(o.tls.authorities, "ca.pem");
    cr_expect(o.tls.verify && o.tls.verify_client == TLS_CLIENTS_REQUIRED);
    options_free(&o);

    line = "-p p --tls-certificate a.pem --tls-key a.key -l tls:127.0.0.1 --tls-verify off";
    cr_assert_eq(read_line(&o, line, message), OPTIONS_RUN, "%s", message);
    cr_expect(o.listen_count == 1 && o.listen[0].port == 5061);
    cr_expect_str_eq(o.tls.keys[0], "a.key");
    cr_expect_not(o.tls.verify);
    options_free(&o);
}

static const struct {
    const char *line, *part; /* of the message */
} wrong[] = {
    {"", "--plan is missing"},
    {"-p", "--plan wants a value: FILE"},
    {"-p p --help=yes", "--help takes no value"},
    {"-p p --log-levl debug", "unknown option \"--log-levl\"; did you mean \"--log-level\"?"},
    {"-p p --statedir=/tmp", "did you mean \"--state-dir\"?"},
    {"-p p --xyzzy", "unknown option \"--xyzzy\""},
    {"-p p -x", "unknown option \"-x\""},
    {"-p p plan.bin", "\"plan.bin\" is no option"},
    {"-p p --relay=some", "--relay cannot be \"some\": expected none|all"},
    {"-p p --failover=no", "expected on|off"},
    {"-p p --log-level loud", "expected error|warning|notice|info|debug"},
    {"-p p --t1 fast", "--t1 cannot be \"fast\": expected a time above zero, as in 500ms"},
    {"-p p --t1 11s", "--t1 is longer than 10s"},
    {"-p p --t1 5s", "--t2 is shorter than t1"},
    {"-p p --t2 499ms", "--t2 is shorter than t1"},
    {"-p p --timer-c 180s", "--timer-c is not more than 3m"},
    {"-p p --cdr=", "--cdr wants a value: FILE"},
    {"-p p --t1 0", "--t1 cannot be \"0\""},
    {"-p p -l 127.0.0.1:5060", "--listen cannot be"},
    {"-p p -l sctp:127.0.0.1:80", "udp:, tcp:, tls:, ws: or wss:"},
    {"-p p -l ws:phone.example:80", "an address"},
    {"-p p --ws-origin phone.example", "https://HOST[:PORT] or http://HOST[:PORT]"},
    {"-p p --ws-origin https://phone.example/", "without a path"},
    {"-p p -l tls:127.0.0.1:5061", "--listen names a tls: or wss: address, which takes a tls-certificate"},
    {"-p p -l wss:127.0.0.1:443", "--listen names a tls: or wss: address, which takes a tls-certificate"},
    {"-p p --tls-certificate a --tls-key b --tls-key c", "--tls-key is given more or less often than tls-certificate"},
    {"-p p --tls-verify maybe", "expected on|off"},
    {"-p p --tls-verify-client on", "expected off|optional|required"},
    {"-p p -l udp:127.0.0.1:65536", "expected a port from 0 to 65535"},
    {"-p p -l udp:127.0.0.1:", "expected a port from 0 to 65535"},
    {"-p p -l udp:localhost:5060", "expected an address, 192.0.2.1 or [2001:db8::1]"},
    {"-p p -l udp:::1:5060", "expected an address"},
    {"-p p -l udp:[::1:5060", "expected an address"},
    {"-p p -l udp:", "expected an address"},
    {"-p p -l udp:224.0.1.75:5060", "expected an address"},
    {"-p p -l tcp:[ff02::1]", "expected an address"},
    {"-p p -l udp:255.255.255.255", "expected an address"},
    {"-p p -l udp:127.0.0.1 -l udp:127.0.0.1:5060", "\"udp:127.0.0.1:5060\": expected each address once"},
    {"-p p --resolver example.com", "expected ADDRESS[:PORT]"},
    {"-p p --resolver 192.0.2.53:0", "the port from 1 to 65535"},
    {"-p p --resolver 2001:db8::53", "an IPv6 address in brackets"},
    {"-p p --advertise a_b", "expected HOST[:PORT]"},
    {"-p p --advertise :5060", "expected HOST[:PORT]"},
    {"-p p --advertise 2001:db8::1", "an IPv6 address in brackets"},
    {"-p p --advertise a.example:0", "the port from 1 to 65535"},
    {"-p p --domain sip:example.com", "--domain cannot be"},
    {"-p p -e site", "--env cannot be \"site\": expected NAME=VALUE"},
    {"-p p -e =x", "--env cannot be"},
    {"-p p -e site=", "--env cannot be"},
    {"-p p -e .a=x", "--env cannot be"},
    {"-p p -e a/b=x", "--env cannot be"},
    {"-p p -e Failover.to=keep", "&failover.* is set by the rule"},
    {"-p p --max-connections 0", "expected a number from 1 to 1000000"},
    {"-p p --max-connections-per-source many", "expected a number from 1 to 1000000"},
    {"-p p --connect-timeout 0", "expected a time above zero"},
    {"-p p --message-timeout never", "expected a time above zero"},
    {"-p p --idle-timeout 0", "expected a time above zero"},
    {"-p p --auth some", "expected none|register|invite|all"},
    {"-p p --realm a\"b", "--realm cannot be"},
    {"-p p --min-expires 500ms", "expected a time in whole seconds"},
    {"-p p --max-expires 25h", "at most 24h"},
    {"-p p --min-expires 2h", "--default-expires is shorter than min-expires"},
    {"-p p --max-expires 30m", "--max-expires is shorter than default-expires"},
    {"-p p --max-contacts 0", "expected a number from 1 to 32"},
    {"-p p --blocks-max -1", "--blocks-max cannot be"},
    {"-p p --nat-keepalive never", "expected a time, as in 30s, or off"},
    {"-p p --block-exempt localhost", "expected an address block"},
    {"-p p --config /nowhere/fovrun.conf", "cannot read /nowhere/fovrun.conf: No such file"},
    {"-p p --config /", "cannot read /: Is a directory"},
    {"--t1 fast --t2 slow -p p", "--t2 cannot be \"slow\""},
};

Test(options, that_are_wrong_are_named_with_what_was_expected) {
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct options o;
        char message[MESSAGE];
        cr_expect_eq(read_line(&o, wrong[i].line, message), OPTIONS_WRONG, "%s", wrong[i].line);
        cr_expect(strstr(message, wrong[i].part), "%s: %s", wrong[i].line, message);
        options_free(&o);
    }
}

Test(options, all_stand_in_the_help) {
    char help[16384];
    FILE *out = fmemopen(help, sizeof help, "w");
    options_help(out);
    fclose(out);
#define OPTION(ID, letter, name, ...) cr_expect(strstr(help, "--" name), "--%s", name);
#include "grammar/options.def"
    for (char *line = strtok(help, "\n"); line; line = strtok(NULL, "\n"))
        cr_expect_leq(strlen(line), 80, "%s", line);
}
