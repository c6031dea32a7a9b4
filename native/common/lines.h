/* Commands on an input, a line each. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* What of a line has been read so far; `size` bytes at `text` are the caller's, and what is longer than they hold is
 * cut off. */
struct lines {
  char *text;
  size_t size, length;
};

/* Reads what is there once and gives each line that is whole to `each`, without its end. Returns false at the input's
 * end or error. */
bool lines_read(struct lines *lines, int fd, void (*each)(const char *line));
