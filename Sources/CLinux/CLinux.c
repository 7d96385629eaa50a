// SPDX-License-Identifier: Apache-2.0
#include "CLinux.h"

int apus_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t payload) {
    struct epoll_event event = {.events = events, .data = {.u64 = payload}};
    return epoll_ctl(epoll, operation, descriptor, &event) == 0 ? 0 : -errno;
}

int apus_epoll_wait(int epoll, struct apus_event *events, int capacity, int timeout_ms) {
    enum { batch = 256 };
    struct epoll_event ready[batch];
    int limit = capacity < batch ? capacity : batch;
    int count = epoll_wait(epoll, ready, limit, timeout_ms);
    if (count < 0) return -errno;
    for (int i = 0; i < count; i++) {
        events[i].payload = ready[i].data.u64;
        events[i].events = ready[i].events;
    }
    return count;
}

int64_t apus_monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t apus_realtime_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int apus_sockaddr_family(const struct sockaddr_storage *address) {
    return address->ss_family;
}
