/* One line per change on standard error, where the supervisor of the service collects it. */
#pragma once
#include <stdbool.h>

/* Also write the lines that only matter when something is being looked for. */
extern bool log_verbose;

/* Writes one line, in one write, so that lines of several processes never mix. Longer than 1,000 bytes is cut. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
