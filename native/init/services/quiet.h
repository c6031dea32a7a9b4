/* The lines of dockerd's log that only Drydock's own questions make. */
#ifndef DRYDOCK_QUIET_H
#define DRYDOCK_QUIET_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a line of dockerd, perhaps cut at LOG_LINE_BYTES, is left out of its log. `line` need not end with a zero. */
bool quiet_docker_line(const char *line, size_t length);

#endif
