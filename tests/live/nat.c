/* SPDX-License-Identifier: MIT */
/* A NAT on loopback: what comes to INSIDE goes on to SERVER from an address of its own, and what comes back there goes
 * to whoever was heard inside last. So a phone that believes to talk to INSIDE is seen by the server at another address
 * and port than its Via and Contact say.
 *
 * nat INSIDE SERVER OUTSIDE     as ADDRESS:PORT, IPv4; OUTSIDE's port 0: any. Prints the address it got, runs until
 *                               killed. */
#include "tests/live/place.h"

#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

enum { INSIDE, OUTSIDE, SIDES, SIZE = 65536 };

static int socket_at(const struct sockaddr_in *address) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)address, sizeof *address) < 0)
        fail("cannot bind an address");
    return fd;
}

int main(int count, char **arguments) {
    static char datagram[SIZE];
    if (count != 4)
        fail("usage: nat INSIDE SERVER OUTSIDE");
    struct sockaddr_in inside = address_of(arguments[1]), outside = address_of(arguments[3]);
    struct sockaddr_in to[SIDES] = {[OUTSIDE] = address_of(arguments[2])};
    struct pollfd sides[SIDES] = {{.fd = socket_at(&inside), .events = POLLIN},
                                  {.fd = socket_at(&outside), .events = POLLIN}};
    socklen_t length = sizeof outside;
    if (getsockname(sides[OUTSIDE].fd, (struct sockaddr *)&outside, &length) < 0)
        fail("no address outside");
    printf("%s:%u\n", inet_ntoa(outside.sin_addr), ntohs(outside.sin_port));
    fflush(stdout);
    while (poll(sides, SIDES, -1) > 0)
        for (unsigned from = 0; from < SIDES; from++) {
            struct sockaddr_in source;
            length = sizeof source;
            if (!(sides[from].revents & POLLIN))
                continue;
            ssize_t got = recvfrom(sides[from].fd, datagram, sizeof datagram, 0, (struct sockaddr *)&source, &length);
            if (from == INSIDE)
                to[INSIDE] = source;
            unsigned other = from == INSIDE ? OUTSIDE : INSIDE;
            if (got >= 0 && to[other].sin_port)
                sendto(sides[other].fd, datagram, (size_t)got, 0, (const struct sockaddr *)&to[other],
                       sizeof to[other]);
        }
    fail("poll");
}
