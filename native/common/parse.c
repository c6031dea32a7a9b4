#include "parse.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

bool parse_whole(const char *text, int base, unsigned long long *number) {
  char *end;

  /* strtoull would take a sign and leading space. */
  if (!isxdigit((unsigned char)*text)) return false;
  errno = 0;
  *number = strtoull(text, &end, base);
  return errno == 0 && end != text && *end == '\0';
}
