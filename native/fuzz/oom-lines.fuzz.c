/* The commands of dd-oom: lines of any length, obeyed by its own parser. What it would watch is only kept, not opened.
 */
#include "fuzz.h"

#include "../common/lines.c"

#define main oom_main
#define printf(...) snprintf(fuzz_line, sizeof fuzz_line, __VA_ARGS__)
#define fprintf(file, ...) snprintf(fuzz_line, sizeof fuzz_line, __VA_ARGS__)
static char fuzz_line[8192];
#include "../oom/main.c"

bool group_open(struct group *group, const char *id, const char *directory) {
  if (strlen(id) >= ID_SIZE || directory[0] != '/') abort();
  *group = (struct group){.told = -1};
  strcpy(group->id, id);
  return strlen(directory) % 2 == 0;
}
void group_close(struct group *group) { group->id[0] = '\0'; }
enum group_news group_read(struct group *group) { return group->told < 0 ? GROUP_QUIET : GROUP_OOM; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char text[MAX_LINE];
  struct lines lines = {.text = text, .size = sizeof text};
  int fd = fuzz_file(data, size);
  while (lines_read(&lines, fd, obey)) continue;
  close(fd);
  while (group_count > 0) remove_group(0);
  return 0;
}
