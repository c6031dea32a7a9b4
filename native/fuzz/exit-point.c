/* Where a program under test comes back to, and how dd-enter's parsers give up there. */
#include <stdarg.h>

#include "../common/fail.h"
#include "fuzz.h"

jmp_buf fuzz_exit_point;

void fail(int error, const char *format, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  fuzz_exit(error == 0 ? 1 : error);
}
