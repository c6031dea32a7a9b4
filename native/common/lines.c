#include "lines.h"

#include <errno.h>
#include <unistd.h>

bool lines_read(struct lines *lines, int fd, void (*each)(const char *line)) {
  char buffer[4096];
  ssize_t got = read(fd, buffer, sizeof buffer);
  if (got <= 0) return got < 0 && errno == EINTR;
  for (ssize_t i = 0; i < got; i++) {
    if (buffer[i] != '\n') {
      if (lines->length < lines->size - 1) lines->text[lines->length++] = buffer[i];
      continue;
    }
    lines->text[lines->length] = '\0';
    lines->length = 0;
    each(lines->text);
  }
  return true;
}
