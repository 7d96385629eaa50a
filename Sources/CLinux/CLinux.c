// SPDX-License-Identifier: Apache-2.0
// Not in the header: there it would give Swift other versions of types that Glibc has, too.
#define _GNU_SOURCE
#include "CLinux.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

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

static int result(int value) { return value < 0 ? -errno : value; }
static ssize_t count_of(ssize_t value) { return value < 0 ? -errno : value; }

// Repeats a call that a signal cut short: with edges, nobody would ask again.
#define UNINTERRUPTED(call)                                      \
    ({                                                           \
        ssize_t count_;                                          \
        do count_ = (call); while (count_ < 0 && errno == EINTR); \
        count_of(count_);                                        \
    })

int apus_socket(int domain) {
    return result(socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

int apus_bind(int descriptor, const struct sockaddr *address, socklen_t length) {
    return result(bind(descriptor, address, length));
}

int apus_listen(int descriptor, int backlog) { return result(listen(descriptor, backlog)); }

int apus_accept(int descriptor, struct sockaddr *address, socklen_t *length) {
    return result(accept4(descriptor, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

int apus_connect(int descriptor, const struct sockaddr *address, socklen_t length) {
    return result(connect(descriptor, address, length));
}

int apus_local_address(int descriptor, struct sockaddr *address, socklen_t *length) {
    return result(getsockname(descriptor, address, length));
}

int apus_socket_error(int descriptor) {
    int code = 0;
    socklen_t length = sizeof code;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) < 0) return -errno;
    return -code;
}

int apus_set_option(int descriptor, int level, int name, int value) {
    return result(setsockopt(descriptor, level, name, &value, sizeof value));
}

int apus_set_reset_on_close(int descriptor) {
    struct linger option = {.l_onoff = 1, .l_linger = 0};
    return result(setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, sizeof option));
}

int apus_shutdown_write(int descriptor) { return result(shutdown(descriptor, SHUT_WR)); }

ssize_t apus_receive(int descriptor, void *buffer, size_t capacity) {
    return UNINTERRUPTED(recv(descriptor, buffer, capacity, 0));
}

ssize_t apus_send(int descriptor, const void *bytes, size_t count) {
    return UNINTERRUPTED(send(descriptor, bytes, count, MSG_NOSIGNAL));
}

ssize_t apus_send_pair(int descriptor, const void *first, size_t first_count, const void *second,
                       size_t second_count) {
    struct iovec pieces[2] = {
        {.iov_base = (void *)first, .iov_len = first_count},
        {.iov_base = (void *)second, .iov_len = second_count},
    };
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
    return UNINTERRUPTED(sendmsg(descriptor, &message, MSG_NOSIGNAL));
}

int apus_datagram_socket(int domain) {
    return result(socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

ssize_t apus_send_to(int descriptor, const void *bytes, size_t count, const struct sockaddr *to,
                     socklen_t length) {
    return count_of(sendto(descriptor, bytes, count, MSG_NOSIGNAL, to, length));
}

ssize_t apus_receive_from(int descriptor, void *buffer, size_t capacity, struct sockaddr *from,
                          socklen_t *length) {
    return count_of(recvfrom(descriptor, buffer, capacity, 0, from, length));
}

int apus_open_read(const char *path) { return result(open(path, O_RDONLY | O_CLOEXEC)); }

int apus_open_append(const char *path) {
    return result(open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640));
}

ssize_t apus_read(int descriptor, void *buffer, size_t capacity) {
    return count_of(read(descriptor, buffer, capacity));
}

ssize_t apus_write(int descriptor, const void *bytes, size_t count) {
    return count_of(write(descriptor, bytes, count));
}

void apus_ignore_broken_pipes(void) { signal(SIGPIPE, SIG_IGN); }

int64_t apus_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    if (limit.rlim_cur == limit.rlim_max) return (int64_t)limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    return (int64_t)limit.rlim_cur;
}

int apus_processor_count(void) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

void apus_describe_error(int code, char *text, size_t capacity) {
    const char *found = strerror_r(code, text, capacity);
    // The GNU version may answer with a text of its own instead of filling the one given.
    if (found != text) snprintf(text, capacity, "%s", found);
}

int apus_name_thread(pthread_t thread, const char *name) {
    return -pthread_setname_np(thread, name);
}

void apus_sharpen_timers(void) { prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0); }
