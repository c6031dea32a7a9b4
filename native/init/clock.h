/* Time as init uses it: a monotonic clock for deadlines, wall time for what people read. */
#ifndef DRYDOCK_CLOCK_H
#define DRYDOCK_CLOCK_H

#include <stdint.h>

/* Milliseconds since an arbitrary start; never goes back. */
int64_t clock_now_ms(void);
/* Microseconds since 1970. */
int64_t clock_wall_us(void);

#endif
