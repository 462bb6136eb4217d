/* SPDX-License-Identifier: MIT */
/* What the most expensive datagrams cost: every kind of hostile_kinds.h at 1,500 bytes and at 64 KB, a thousand times each
 * through the scanner. Prints median and maximum; fails when a median is over the bar (100 us, 1 ms). The maximum
 * is for the reader: on a shared machine it is the scheduler's. */
#include "runtime/sip/scan.h"
#include "tests/bench/hostile_kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUNS = 1000, SMALL = 1500, LARGE = 64 * 1024 - 29 /* the largest UDP payload is near it */ };

static struct sip_message message;
static char datagram[LARGE];

static size_t build(const struct hostile_kind *kind, size_t size) {
    size_t before = strlen(kind->before), piece = strlen(kind->piece), after = strlen(kind->after), length = before;
    memcpy(datagram, kind->before, before);
    for (; length + piece + after <= size; length += piece)
        memcpy(datagram + length, kind->piece, piece);
    memcpy(datagram + length, kind->after, after);
    return length + after;
}

static double now_us(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Microseconds: median and maximum of RUNS. */
static void measure(size_t length, double *median, double *most) {
    static double times[RUNS];
    for (unsigned run = 0; run < RUNS; run++) {
        double start = now_us();
        scan_message(&message, datagram, length);
        times[run] = now_us() - start;
    }
    qsort(times, RUNS, sizeof *times, compare);
    *median = times[RUNS / 2];
    *most = times[RUNS - 1];
}

int main(void) {
    static const struct {
        size_t size;
        double bar;
    } sizes[] = {{SMALL, 100}, {LARGE, 1000}};
    unsigned failed = 0;
    printf("%-36s %9s %9s %9s %9s   microseconds\n", "datagram", "1500 med", "max", "64K med", "max");
    for (size_t kind = 0; kind < sizeof hostile_kinds / sizeof *hostile_kinds; kind++) {
        printf("%-36s", hostile_kinds[kind].name);
        for (size_t size = 0; size < 2; size++) {
            double median, most;
            measure(build(&hostile_kinds[kind], sizes[size].size), &median, &most);
            printf(" %9.1f %9.1f", median, most);
            failed += median >= sizes[size].bar;
        }
        printf("\n");
    }
    printf("%u over the bar (%g us up to %d bytes, %g us up to 64 KB)\n", failed, sizes[0].bar, SMALL, sizes[1].bar);
    return failed != 0;
}
