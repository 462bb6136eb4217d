/* SPDX-License-Identifier: MIT */
#include "runtime/sip/timers.h"

#include <stdlib.h>

enum {
    BUCKETS = 256,    /* 2^8: bucket_for() */
    QUEUES_KEPT = 64, /* empty queues beyond so many are given back */
    HEAP_FIRST = 16,
};

/* All running timers of one duration. As time only grows, each is due no earlier than the one set before it. */
struct timer_queue {
    struct timer *head, *tail;
    struct timer_queue *chain; /* in its bucket */
    uint32_t delay;
    uint32_t place; /* in the heap, from 1; 0: empty, not there */
};

/* A binary heap over the queues that are not empty, the one with the earliest head on top. */
struct timers {
    struct timer_queue *buckets[BUCKETS];
    struct timer_queue sorted; /* any duration, when no memory is left for another queue */
    struct timer_queue **heap; /* heap[1] is the top */
    uint32_t count, room;      /* queues in the heap; that would fit */
    uint32_t queues;           /* that exist, `sorted` among them */
};

/* Durations are often multiples of a second. */
static struct timer_queue **bucket_for(struct timers *timers, uint32_t delay) {
    return &timers->buckets[delay * UINT32_C(2654435769) >> 24];
}

struct timers *timers_new(void) {
    struct timers *timers = calloc(1, sizeof *timers);
    if (!timers)
        return NULL;
    timers->heap = malloc((HEAP_FIRST + 1) * sizeof *timers->heap);
    if (!timers->heap) {
        free(timers);
        return NULL;
    }
    timers->room = HEAP_FIRST;
    timers->queues = 1;
    return timers;
}

void timers_free(struct timers *timers) {
    if (!timers)
        return;
    for (unsigned bucket = 0; bucket < BUCKETS; bucket++)
        for (struct timer_queue *queue = timers->buckets[bucket], *next; queue; queue = next) {
            next = queue->chain;
            free(queue);
        }
    free(timers->heap);
    free(timers);
}

/* Of two timers due at the same time the one with the longer duration was set earlier, so that this is the order of
 * setting. The sorted queue (delay 0) comes last. */
static bool is_earlier(const struct timer_queue *a, const struct timer_queue *b) {
    return a->head->due != b->head->due ? a->head->due < b->head->due : a->delay > b->delay;
}

static void put(struct timers *timers, uint32_t place, struct timer_queue *queue) {
    timers->heap[place] = queue;
    queue->place = place;
}

/* Moves the queue, which stands anywhere in the heap, to where it belongs. */
static void sift(struct timers *timers, struct timer_queue *queue) {
    uint32_t place = queue->place;
    for (; place > 1 && is_earlier(queue, timers->heap[place / 2]); place /= 2)
        put(timers, place, timers->heap[place / 2]);
    for (uint32_t child; (child = 2 * place) <= timers->count; place = child) {
        if (child < timers->count && is_earlier(timers->heap[child + 1], timers->heap[child]))
            child++;
        if (!is_earlier(timers->heap[child], queue))
            break;
        put(timers, place, timers->heap[child]);
    }
    put(timers, place, queue);
}

static void give_back(struct timers *timers, struct timer_queue *queue) {
    struct timer_queue **link = bucket_for(timers, queue->delay);
    while (*link != queue)
        link = &(*link)->chain;
    *link = queue->chain;
    timers->queues--;
    free(queue);
}

/* The head of the queue has changed. */
static void settle(struct timers *timers, struct timer_queue *queue) {
    if (queue->head) {
        if (!queue->place)
            put(timers, ++timers->count, queue);
        sift(timers, queue);
        return;
    }
    struct timer_queue *last = timers->heap[timers->count--];
    if (last != queue) {
        put(timers, queue->place, last);
        sift(timers, last);
    }
    queue->place = 0;
    if (queue != &timers->sorted && timers->queues > QUEUES_KEPT)
        give_back(timers, queue);
}

/* Room in the heap is made here, so that nothing later can fail. */
static struct timer_queue *make_queue(struct timers *timers, uint32_t delay) {
    if (timers->queues == timers->room) {
        struct timer_queue **heap = realloc(timers->heap, (2 * (size_t)timers->room + 1) * sizeof *heap);
        if (!heap)
            return &timers->sorted;
        timers->heap = heap;
        timers->room *= 2;
    }
    struct timer_queue *queue = calloc(1, sizeof *queue);
    if (!queue)
        return &timers->sorted;
    queue->delay = delay;
    struct timer_queue **bucket = bucket_for(timers, delay);
    queue->chain = *bucket;
    *bucket = queue;
    timers->queues++;
    return queue;
}

static struct timer_queue *queue_for(struct timers *timers, uint32_t delay) {
    struct timer_queue *queue = *bucket_for(timers, delay);
    while (queue && queue->delay != delay)
        queue = queue->chain;
    return queue ? queue : make_queue(timers, delay);
}

void timer_set(struct timers *timers, struct timer *timer, uint64_t now, uint32_t delay, timer_fire *fire) {
    timer_stop(timers, timer);
    struct timer_queue *queue = queue_for(timers, delay);
    timer->due = now + delay;
    timer->fire = fire;
    timer->queue = queue;
    struct timer *before = queue->tail; /* goes back in the sorted queue alone */
    while (before && before->due > timer->due)
        before = before->previous;
    timer->previous = before;
    timer->next = before ? before->next : queue->head;
    *(timer->next ? &timer->next->previous : &queue->tail) = timer;
    *(before ? &before->next : &queue->head) = timer;
    if (queue->head == timer)
        settle(timers, queue);
}

void timer_stop(struct timers *timers, struct timer *timer) {
    struct timer_queue *queue = timer->queue;
    if (!queue)
        return;
    bool first = queue->head == timer;
    *(timer->next ? &timer->next->previous : &queue->tail) = timer->previous;
    *(timer->previous ? &timer->previous->next : &queue->head) = timer->next;
    timer->next = timer->previous = NULL;
    timer->queue = NULL;
    if (first)
        settle(timers, queue);
}

bool timer_running(const struct timer *timer) {
    return timer->queue != NULL;
}

uint64_t timers_due(const struct timers *timers) {
    return timers->count ? timers->heap[1]->head->due : UINT64_MAX;
}

void timers_run(struct timers *timers, uint64_t now) {
    while (timers_due(timers) <= now && timers->count) {
        struct timer *timer = timers->heap[1]->head;
        timer_stop(timers, timer);
        timer->fire(timer, now);
    }
}
