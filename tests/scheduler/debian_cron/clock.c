/* Lets Debian's cron run through hours in a moment: its clock is ours, and a job that it starts is written down. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <sys/types.h>
#include <unistd.h>

static time_t now, end;

__attribute__((constructor)) static void begin(void) {
    now = atol(getenv("CLOCK_BEGIN"));
    end = atol(getenv("CLOCK_END"));
    unsetenv("LD_PRELOAD");
}

time_t time(time_t *where) {
    if (where) *where = now;
    return now;
}

unsigned int sleep(unsigned int seconds) {
    now += seconds;
    if (now >= end + 60) _exit(0);
    return 0;
}

pid_t fork(void) {
    dprintf(1, "%ld\n", (long)now);
    return 1;  /* the child is somebody else's business */
}
