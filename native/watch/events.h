/* News from the kernel that some TCP socket began or ended to listen, anywhere on the host. */
#ifndef DD_WATCH_EVENTS_H
#define DD_WATCH_EVENTS_H

#include <stdbool.h>

/* A descriptor that is readable at news; -1 with errno where the kernel offers none (no BPF, locked down, no right). */
int events_open(void);

/* Takes all news that are there; true when there were some. */
bool events_take(void);

#endif
