/* Reads the bounded logs that PID 1 keeps of its services (../init/log.h says their form and bounds). */
#ifndef DRYDOCK_JOURNAL_H
#define DRYDOCK_JOURNAL_H

#include <stddef.h>

#define JOURNAL_STAMP_LENGTH 32 /* 2026-11-23T23:46:01.123456+00:00 */

struct journal_line {
  const char *text; /* `2026-11-23T23:46:01.123456+00:00 node1 dockerd[42]: ...`, ended by a zero byte */
};

struct journal {
  struct journal_line *lines; /* in order of time */
  size_t count;
};

/* Reads the logs of the named services (all when count is 0) into memory, at most 4 MiB each; journal_free releases
 * them. */
void journal_read(struct journal *journal, const char *const *services, size_t count);
void journal_free(struct journal *journal);

/* How a line is printed: as `journalctl` does by default, with the ISO time, or its message alone. */
enum journal_format { JOURNAL_SHORT, JOURNAL_ISO, JOURNAL_CAT };
/* The line must be longer than its stamp. */
void journal_print(const char *text, enum journal_format format);

#endif
