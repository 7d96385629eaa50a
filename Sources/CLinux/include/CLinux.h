// SPDX-License-Identifier: Apache-2.0
// Kernel interfaces whose macros or unions Swift cannot import as they are.
#ifndef APUS_CLINUX_H
#define APUS_CLINUX_H

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
#include <sys/timerfd.h>
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

// Sockets. Each returns its result or -errno, so that no caller has to look at errno.

/// A non-blocking, close-on-exec stream socket.
int apus_socket(int domain);
int apus_bind(int descriptor, const struct sockaddr *address, socklen_t length);
int apus_listen(int descriptor, int backlog);
int apus_accept(int descriptor, struct sockaddr *address, socklen_t *length);
int apus_connect(int descriptor, const struct sockaddr *address, socklen_t length);
int apus_local_address(int descriptor, struct sockaddr *address, socklen_t *length);
/// The error that a non-blocking connect ended with; 0 if it succeeded.
int apus_socket_error(int descriptor);
int apus_set_option(int descriptor, int level, int name, int value);
/// Makes the next close a reset.
int apus_set_reset_on_close(int descriptor);
int apus_shutdown_write(int descriptor);
ssize_t apus_receive(int descriptor, void *buffer, size_t capacity);
ssize_t apus_send(int descriptor, const void *bytes, size_t count);
/// Sends two pieces with one call; the second may be empty.
ssize_t apus_send_pair(int descriptor, const void *first, size_t first_count, const void *second,
                       size_t second_count);

/// A non-blocking, close-on-exec datagram socket.
int apus_datagram_socket(int domain);
ssize_t apus_send_to(int descriptor, const void *bytes, size_t count, const struct sockaddr *to,
                     socklen_t length);
ssize_t apus_receive_from(int descriptor, void *buffer, size_t capacity, struct sockaddr *from,
                          socklen_t *length);

// Files. Each returns its result or -errno.

int apus_open_read(const char *path);
int apus_open_append(const char *path);
ssize_t apus_read(int descriptor, void *buffer, size_t capacity);
ssize_t apus_write(int descriptor, const void *bytes, size_t count);

/// Makes a write to a closed pipe an error value instead of the end of the process.
void apus_ignore_broken_pipes(void);

/// Raises the limit on open descriptors as far as the system allows; returns it or -errno.
int64_t apus_raise_descriptor_limit(void);

/// How many processors this process may run on; at least 1.
int apus_processor_count(void);

/// Fills in the text for an errno, always terminated.
void apus_describe_error(int code, char *text, size_t capacity);

/// Names a thread for tools; at most 15 bytes. Returns 0 or -errno.
int apus_name_thread(pthread_t thread, const char *name);

/// Lets timers of this thread fire when they are due, not up to 50 µs later.
void apus_sharpen_timers(void);

/// The address family word of any socket address.
int apus_sockaddr_family(const struct sockaddr_storage *address);

#endif
