/* What a function opened is closed where its variable ends, on every way out of it. */
#ifndef DD_CLEANUP_H
#define DD_CLEANUP_H

#include <unistd.h>

/* Closes a descriptor, if it is one, and forgets it. */
static inline void close_fd(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

/* The descriptor that is to outlive the variable; the variable holds none any more. */
static inline int take_fd(int *fd) {
  int taken = *fd;
  *fd = -1;
  return taken;
}

/* Before an int that holds a descriptor, or -1. */
#define CLOSED_AT_END __attribute__((cleanup(close_fd)))

#endif
