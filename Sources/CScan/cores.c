// Threads on cores. Linux's calls for this are GNU extensions, which Swift's module of the C library leaves out.

#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif

#include "CScan.h"

size_t scan_cores(int *cores, size_t limit) {
    size_t count = 0;
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
    for (int core = 0; core < CPU_SETSIZE && count < limit; core++) {
        if (CPU_ISSET(core, &set)) cores[count++] = core;
    }
#else
    (void)cores, (void)limit;
#endif
    return count;
}

int scan_current_core(void) {
#if defined(__linux__)
    return sched_getcpu();
#else
    return -1;
#endif
}

void scan_stay_on_core(int core) {
#if defined(__linux__)
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    (void)sched_setaffinity(0, sizeof set, &set);
#else
    (void)core;
#endif
}
