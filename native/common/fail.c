#include "fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_line(int error, const char *format, va_list arguments) {
  fprintf(stderr, "%s: ", failing.program);
  vfprintf(stderr, format, arguments);
  if (error != 0) fprintf(stderr, ": %s", strerror(error));
  fputc('\n', stderr);
}

void fail_with(int status, int error, const char *format, ...) {
  va_list arguments;

  va_start(arguments, format);
  print_line(error, format, arguments);
  va_end(arguments);
  exit(status);
}

void fail(int error, const char *format, ...) {
  va_list arguments;

  va_start(arguments, format);
  print_line(error, format, arguments);
  va_end(arguments);
  exit(failing.status);
}
