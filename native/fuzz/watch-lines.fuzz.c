/* The commands of dd-watch; and the name of a program, which is the program's own choice, as it goes into JSON. */
#include "fuzz.h"

#include <ctype.h>
#include <fcntl.h>

#define main watch_main
#define printf(...) snprintf(fuzz_line, sizeof fuzz_line, __VA_ARGS__)
#define fprintf(file, ...) snprintf(fuzz_line, sizeof fuzz_line, __VA_ARGS__)
static char fuzz_line[8192];
#include "../common/lines.c"
#include "../watch/main.c"
#undef printf
#undef fprintf
#define openat(process, ...) dup(process)
#include "../watch/owners.c"

int events_open(void) { return -1; }
bool events_take(void) { return false; }

struct node *node_open(const char *id, int pid, uint64_t netns_inode) {
  (void)pid, (void)netns_inode;
  struct node *node = calloc(1, sizeof *node);
  if (!node || strlen(id) >= sizeof node->id) abort();
  strcpy(node->id, id);
  return node;
}
void node_close(struct node *node) { free(node); }
bool node_look(struct node *node, enum look what) { return node != NULL && what == LOOK_ALL; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char text[MAX_LINE];
  struct lines lines = {.text = text, .size = sizeof text};
  char program[PROGRAM_SIZE];
  int fd = fuzz_file(data, size);
  read_program(fd, program);
  for (const char *at = program; *at; at++)
    if (!isprint((unsigned char)*at) || *at == '"' || *at == '\\') abort();
  lseek(fd, 0, SEEK_SET);
  while (lines_read(&lines, fd, obey)) continue;
  close(fd);
  while (node_count > 0) remove_node(0);
  return 0;
}
