/* One line per change on standard error, where the supervisor of the service collects it. */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool log_verbose = false;

static void write_line(const char *format, va_list arguments) {
  char line[1001];
  int length = vsnprintf(line, sizeof line - 1, format, arguments);
  if (length < 0) return;
  size_t end = (size_t)length < sizeof line - 1 ? (size_t)length : sizeof line - 2;
  line[end] = '\n';
  /* A log that cannot be written is nothing that the mesh could mend. */
  if (write(STDERR_FILENO, line, end + 1) < 0) return;
}

void log_line(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  write_line(format, arguments);
  va_end(arguments);
}

void log_debug(const char *format, ...) {
  if (!log_verbose) return;
  va_list arguments;
  va_start(arguments, format);
  write_line(format, arguments);
  va_end(arguments);
}
