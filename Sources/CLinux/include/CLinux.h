// SPDX-License-Identifier: Apache-2.0
// Kernel interfaces whose macros or unions Swift cannot import as they are.
#ifndef APUS_CLINUX_H
#define APUS_CLINUX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/// One readiness report: the 64-bit payload given at registration, and the event mask.
struct apus_event {
    uint64_t payload;
    uint32_t events;
};

/// Adds, changes or removes a descriptor; returns 0 or -errno.
int apus_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t payload);

/// Waits for events; returns their number or -errno.
int apus_epoll_wait(int epoll, struct apus_event *events, int capacity, int timeout_ms);

/// The monotonic clock in nanoseconds.
int64_t apus_monotonic_ns(void);

/// The wall clock in nanoseconds since 1970.
int64_t apus_realtime_ns(void);

/// The address family word of any socket address.
int apus_sockaddr_family(const struct sockaddr_storage *address);

#endif
