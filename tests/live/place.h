/* SPDX-License-Identifier: MIT */
/* What test programs with sockets of their own share: places on the command line, and giving up. */
#ifndef FOV_TESTS_LIVE_PLACE_H
#define FOV_TESTS_LIVE_PLACE_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "failed: %s\n", what);
    exit(1);
}

/* ADDRESS:PORT, IPv4 */
static struct sockaddr_in address_of(const char *text) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    char ip[32];
    unsigned port;
    if (sscanf(text, "%31[0-9.]:%u", ip, &port) != 2 || inet_pton(AF_INET, ip, &address.sin_addr) != 1)
        fail("an address is ADDRESS:PORT");
    address.sin_port = htons((uint16_t)port);
    return address;
}

#endif
