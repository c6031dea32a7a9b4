/* The times that journalctl's --since and --until understand. */
#ifndef DRYDOCK_SINCE_H
#define DRYDOCK_SINCE_H

#include <stdbool.h>

#define SINCE_LENGTH 19 /* 2026-11-23T23:46:01 */

/*
 * Turns `2026-11-23 10:00[:30]`, `2026-11-23`, `10:00[:30]`, `now`, `today`, `yesterday`, `5 min ago` or `-5min`
 * (s, sec, m, min, h, hour, d, day and their plurals) into the beginning of a log line's time. Times are UTC, as the
 * node's.
 */
bool since_parse(const char *text, char stamp[SINCE_LENGTH + 1]);

#endif
