// The page from which a process preloaded with libnhipcau-clock.so (Sources/ClockFaults) reads how its clocks go.
#pragma once
#include <stdint.h>

// Times are nanoseconds.
struct nc_clock_reading {
    // Added to the wall clock.
    int64_t wall;
    // What the machine's boot time was at the last change of pace, and what this process's was then.
    int64_t machine;
    int64_t own;
    // By how many millionths boot time runs too fast since then.
    int64_t ppm;
};

// Whoever changes it fills in the reading that is not in use, and then says that it is.
struct nc_clock_page {
    // 0: the first reading counts, 1: the second.
    int64_t current;
    struct nc_clock_reading first, second;
};

static inline void nc_clock_set(struct nc_clock_page *page, struct nc_clock_reading reading) {
    int64_t next = 1 - __atomic_load_n(&page->current, __ATOMIC_ACQUIRE);
    *(next ? &page->second : &page->first) = reading;
    __atomic_store_n(&page->current, next, __ATOMIC_RELEASE);
}

static inline struct nc_clock_reading nc_clock_get(const struct nc_clock_page *page) {
    return __atomic_load_n(&page->current, __ATOMIC_ACQUIRE) ? page->second : page->first;
}
