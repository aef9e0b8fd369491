// Linux calls that Swift's Glibc module does not show, as static inline functions.
#pragma once
#include "clock_page.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// Declared by <sys/socket.h> only under _GNU_SOURCE, which may have been read before without it: our own names, bound to
// the C library's symbols.
struct nc_mmsghdr {
    struct msghdr msg_hdr;
    unsigned int msg_len;
};
extern int nc_recvmmsg(int fd, struct nc_mmsghdr *v, unsigned int n, int flags, struct timespec *t) __asm__("recvmmsg");
extern int nc_sendmmsg(int fd, struct nc_mmsghdr *v, unsigned int n, int flags) __asm__("sendmmsg");

// Flags that Swift sees as a number or as an enumeration, depending on who imported the header first.
static const int nc_msg_dontwait = MSG_DONTWAIT;
static const int nc_msg_trunc = MSG_TRUNC;

// Declared by <poll.h> under _GNU_SOURCE only, as above.
extern int nc_ppoll(struct pollfd *v, nfds_t n, const struct timespec *t, const void *mask) __asm__("ppoll");

// Declared by <sys/resource.h> under _GNU_SOURCE only, as above.
static const int nc_rlimit_fsize = RLIMIT_FSIZE;
static const int nc_rlimit_nofile = RLIMIT_NOFILE;
extern int nc_prlimit(pid_t pid, int resource, const struct rlimit *next, struct rlimit *before) __asm__("prlimit");
