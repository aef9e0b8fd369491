// A clock that is wrong, for one process of a live run: its boot time runs at a pace of its own, its wall clock jumps
// (docs/simulation.md, "A wrong clock"). ld.so(8) puts this library before the system's (LD_PRELOAD); the file that NHIPCAU_CLOCK names
// is the page to go by. Only the two clocks that a node reads are answered for: the kernel's own timers keep the machine's pace.

#define _GNU_SOURCE
#include "../System/CLinux/clock_page.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int (*machine_clock)(clockid_t, struct timespec *);
static const struct nc_clock_page *page;

__attribute__((constructor)) static void find_clock(void) {
    machine_clock = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    const char *path = getenv("NHIPCAU_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof(struct nc_clock_page), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) page = mapped;
}

static int64_t nanoseconds(struct timespec t) { return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec; }

int clock_gettime(clockid_t clock, struct timespec *time) {
    // Another library's constructor may ask before ours ran.
    if (!machine_clock) find_clock();
    int code = machine_clock(clock, time);
    if (code != 0 || !page || (clock != CLOCK_BOOTTIME && clock != CLOCK_REALTIME)) return code;
    struct nc_clock_reading now = nc_clock_get(page);
    struct timespec boot = *time;
    if (clock == CLOCK_REALTIME) machine_clock(CLOCK_BOOTTIME, &boot);
    int64_t passed = nanoseconds(boot) - now.machine;
    // In two steps, so that years do not overflow.
    int64_t gained = passed / 1000000 * now.ppm + passed % 1000000 * now.ppm / 1000000;
    int64_t shown = nanoseconds(*time) + now.own - now.machine + gained + (clock == CLOCK_REALTIME ? now.wall : 0);
    time->tv_sec = shown / 1000000000;
    time->tv_nsec = shown % 1000000000;
    return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    struct timespec now;
    int code = clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return code;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}
