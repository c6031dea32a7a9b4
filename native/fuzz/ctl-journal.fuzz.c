/* A log file of a node, which its daemons fill and its root may write: read, sorted, printed in each form and followed.
 */
#include "fuzz.h"

#include "../ctl/journal.h"
#include "log.h"
#define puts(text) fuzz_print("%s\n", text)
#define printf(...) fuzz_print(__VA_ARGS__)
static int fuzz_print(const char *format, ...);
#include "../ctl/journal.c"
#undef puts
#undef printf

#include <stdarg.h>

static int fuzz_print(const char *format, ...) {
  static char line[1 << 16];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  return length;
}

#include "../ctl/follow.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct journal journal = {0};
  int fd = fuzz_file(data, size);
  add_file(&journal, fuzz_path(fd).text);
  if (journal.count > 1) qsort(journal.lines, journal.count, sizeof *journal.lines, by_time);
  for (size_t i = 0; i < journal.count; i++)
    for (int format = JOURNAL_SHORT; format <= JOURNAL_CAT; format++)
      journal_print(journal.lines[i].text, (enum journal_format)format);
  journal_free(&journal);
  struct followed followed = {.file = fdopen(fd, "r")};
  drain(&followed, JOURNAL_SHORT);
  fclose(followed.file);
  return 0;
}
