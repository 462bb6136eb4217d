/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/proxy_plans.h"

#include "compiler/compile.h"
#include "runtime/plan/verify.h"

#include <stdlib.h>

static struct proxy_plan plans[PROXY_PLANS] = {
    /* the published first example, with short timers */
    {.text = "[Deploy Patterns]\n"
             "To = sip:100@192.0.2.101\n"
             "$session = failover sip:101@192.0.2.102 sip:102@192.0.2.103\n"
             "&failover.timer.inviting = 2\n"},
    /* redirection, and which hosts may be named */
    {.text = "[Rule]\n[Matching Patterns]\n$request = ^INVITE\nX-Hosts =\n[Deploy Patterns]\n"
             "To = sip:100@192.0.2.101\n$session = failover sip:101@192.0.2.102\n"
             "&failover.redirection.hosts = ^198\\.51\\.100\\.\n&failover.timer.provisional = 5\n"
             "[Rule]\n[Matching Patterns]\n$request = ^INVITE\n[Deploy Patterns]\n"
             "To = \"New\" <sip:100@192.0.2.101;user=phone>\n$session = failover\n&failover.pattern.response = 30.\n"},
    /* a list of targets; every method */
    {.text = "[Rule]\n[Matching Patterns]\n$method = .\n[Deploy Patterns]\n"
             "$target = 192.0.2.101, 192.0.2.102:5070, [2001:db8::5], sip:x@192.0.2.103;transport=tcp\n"},
    /* captures into headers, answers of our own, more than one rule for a request */
    {.text = "[Preliminary]\n"
             "[Rule \"scanner\"]\n[Matching Patterns]\nUser-Agent = (?i)friendly|sipcli\n[Deploy Patterns]\n$action = "
             "drop\n"
             "[Rule]\n[Matching Patterns]\nX-Code = ^([2-6]\\d\\d) ?(.*)\n[Deploy Patterns]\n"
             "$response = 480 Gone %2\n_X-Why = %1 %2\n_Retry-After = %1\n"
             "[Rules]\n"
             "[Rule \"named\"]\n[Matching Patterns]\n$request = ^INVITE sips?:(.*)@\nFrom = sip:(.+)@(.*)\nUser-Agent "
             "= (.*)\n"
             "[Deploy Patterns]\nX-From = %2 at %3\nSubject = \"%4\"\nX-User = <sip:%1@example.com>\n$log = %4 for %1\n"
             "_Server = %4\n&seen = %2\n$continue = true\n"
             "[Rule]\n[Matching Patterns]\n&seen = (.+)\n$request = ^INVITE sips?:(.*)@\n[Deploy Patterns]\n"
             "To = sip:%2@192.0.2.101\n$session = failover sip:%2@192.0.2.102 sip:%2@[2001:db8::5]/UDP\n"
             "&failover.pattern.response = 4..|503\n"
             "[Rule]\n[Matching Patterns]\n$request = ^OPTIONS\n$math.rand(1, 100) = (.+)\n[Deploy "
             "Patterns]\n$response = 603\n"
             "_X-Chance = %1\n"},
    /* where a call goes is the caller's to say */
    {.text = "[Rule]\n[Matching Patterns]\nX-Dest = (.+)\n[Deploy Patterns]\nTo = sip:%1\n"
             "$session = failover sip:%1@192.0.2.102\n&failover.to = keep\n"
             "[Rule]\n[Matching Patterns]\nX-Host = (.+)\n[Deploy Patterns]\n$target = %1, 192.0.2.101\n"
             "[Rule]\n[Matching Patterns]\nX-Uri = (.+)\n[Deploy Patterns]\n$request = %1\n"
             "[Rule]\n[Matching Patterns]\nTo = sip:(.+)@(.+?)[ >;]*$\n[Deploy Patterns]\nTo = sip:%1@%2\n",
     .open = true},
    /* the Request-URI stays; every timer, the last answer instead of the best */
    {.text = "[Rule]\n[Matching Patterns]\n$request = ^INVITE\n[Deploy Patterns]\n$replaceuri = false\n"
             "To = sip:100@192.0.2.101\n$session = failover sip:101@192.0.2.102 sip:102@192.0.2.103:5080 "
             "sip:x@192.0.2.104\n"
             "&failover.timer.inviting = 3\n&failover.timer.provisional = 4\n&failover.timer.ringing = 6\n"
             "&failover.timer.total = 15\n&failover.response = last\n&failover.pattern.response = .+\n"},
    /* whatever can be done to a header */
    {.text =
         "[Rule]\n[Matching Patterns]\nContact = (.+)\nX-Max = (.*)\n[Deploy Patterns]\nContact = <sip:me@192.0.2.1>\n"
         "Max-Forwards = %2\nX-Was = %1\n$continue = true\n"
         "[Rule]\n[Matching Patterns]\nFrom = (.+)\nTo = (.+)\nVia = (.+)\n[Deploy Patterns]\n"
         "From = \"anonymous\" <sip:anonymous@anonymous.invalid>;x=y\nSubject =\nUser-Agent =\nX-To = %2\nX-Via = %3\n"
         "P-Asserted-Identity = %1\nTo = sip:1@192.0.2.101\n$session = failover sip:2@192.0.2.102\n"
         "&failover.after = 100\n"},
    /* alternates alone, a domain of our own, functions */
    {.text =
         "[Rule]\n[Matching Patterns]\n$localhost($request) = true\n$getSIPuser($request) = ^(.*)$\n"
         "$or(\"$transport=TLS\", \"From=sip:\") = true\n$if($outbound($request), \"a\", \"b\") = (.)\n[Deploy "
         "Patterns]\n"
         "$session = failover sip:%1@192.0.2.101;user=phone sip:%2@192.0.2.102\n"
         "[Rule]\n[Matching Patterns]\n$param(To, \"x\") = (.*)\n[Deploy Patterns]\nTo = <sip:a@192.0.2.101;x=%1>\n"},
    /* nobody gets by without credentials */
    {.text = "[Preliminary]\n[Rule]\n[Matching Patterns]\n$usrdir.lookup = true\nX-Max =\n[Deploy Patterns]\n"
             "$auth = true\n$continue = true\n"
             "[Rules]\n[Rule]\n[Matching Patterns]\n$method = ^(INVITE|MESSAGE|REGISTER)\n[Deploy Patterns]\n"
             "To = sip:100@192.0.2.101\n$session = failover sip:101@192.0.2.102\n",
     .users = true},
    /* no rule for anybody */
    {.text = "[Rule]\n[Matching Patterns]\n$request = ^NOTHING\n[Deploy Patterns]\n$action = 500\n"},
    /* limits, and a block list; whatever peers send as their own address, some are never on it */
    {.text =
         "[Preliminary Rule]\n[Matching Patterns]\nX-Code = .\n[Deploy Patterns]\n$action = block\n"
         "[Rule]\n[Matching Patterns]\n$request = ^INVITE\nFrom = sip:(.*)@\n$route.underlimit(\"%1\", \"2\") = true\n"
         "$route.spslimit($addr, \"9\") = true\n[Deploy Patterns]\n$routename = %1\n$continue = true\n"
         "[Rule]\n[Matching Patterns]\n$request = ^INVITE\n$math.lt($rule.sps, 3) = true\n$sessionNum = (.+)\n"
         "$threadNum = (.+)\n$sps = (.+)\n[Deploy Patterns]\nSubject = %1 %2 %3\nTo = sip:100@192.0.2.101\n"
         "$session = failover sip:101@192.0.2.102\n&failover.timer.inviting = 2\n"
         "[Rule]\n[Matching Patterns]\n$route.concurrent($addr) = (.+)\n$route.sps($addr) = (.+)\n[Deploy Patterns]\n"
         "$response = 503 %1 %2\n"},
    /* who is registered here, with failover and without it */
    {.text = "[Rule]\n[Matching Patterns]\n$request = ^INVITE\n[Deploy Patterns]\nTo = sip:bob@\n"
             "$session = failover sip:100@ sip:101@192.0.2.102\n&failover.timer.inviting = 2\n"
             "&failover.timer.ringing = 9\n$nat = true\n"},
    {.text = "[Rule]\n[Matching Patterns]\n$request = ^INVITE\nX-Max =\n[Deploy Patterns]\n"
             "To = \"Bob\" <sip:bob@>\n$replaceuri = false\n$ifdst = 192.0.2.1\n$ifsrc = 192.0.2.1\n"
             "[Rule]\n[Matching Patterns]\n$request = ^(INVITE|MESSAGE|FOO)\n[Deploy Patterns]\n"
             "$target = sip:bob@, sip:100@, 192.0.2.102\n"},
    /* names everywhere */
    {.text = "[Rule]\n[Matching Patterns]\n$request = ^INVITE\n[Deploy Patterns]\nTo = sip:100@example.net\n"
             "$session = failover sip:101@h1.example.net sip:102@h2.example.net:5060 sip:103@192.0.2.103\n"
             "&failover.timer.inviting = 6\n"
             "[Rule]\n[Matching Patterns]\n$method = .\n[Deploy Patterns]\n"
             "$target = h3.example.net:5060, example.org, sip:x@h4.example.net;transport=udp\n",
     .open = true},
    /* over TLS, to a name and to those who are registered here, and over a WebSocket that nobody has opened */
    {.text = "[Rule]\n[Matching Patterns]\n$request = ^INVITE sip:\n[Deploy Patterns]\n"
             "To = sip:100@192.0.2.101\n$transport = TLS\n"
             "$session = failover sip:101@h1.example.net/TLS sip:bob@ sips:102@192.0.2.102 sip:103@192.0.2.103/TCP\n"
             "&failover.timer.inviting = 2\n$nat = auto\n"
             "[Rule]\n[Matching Patterns]\n$request = ^INVITE sips:\n[Deploy Patterns]\n"
             "$target = sips:100@192.0.2.101, sip:bob@, <sip:104@192.0.2.104;transport=ws>, "
             "sip:x@192.0.2.103;transport=tls\n",
     .open = true},
};

const struct proxy_plan *proxy_plan(unsigned number) {
    struct proxy_plan *plan = &plans[number % PROXY_PLANS];
    struct image_refusal refusal;
    uint8_t *bytes;
    char *said;
    size_t length, said_length;
    if (plan->image.bytes)
        return plan;
    FILE *sink = open_memstream(&said, &said_length);
    bool good = sink && compile_plan_text(slice_of(plan->text), "plan", sink, &bytes, &length) == 0 &&
                verify_image(&plan->image, bytes, length, &refusal) == 0;
    if (sink)
        fclose(sink); /* warnings do not matter here */
    if (!good) {
        fprintf(stderr, "plan %u does not compile: %s\n", number, sink ? said : "no memory");
        abort();
    }
    free(said);
    return plan;
}
