/*
 * dd-oom: tells when the kernel kills for want of memory in the nodes of a host, one process for all of them.
 *
 *   stdin   add ID DIRECTORY           begins to watch that memory cgroup (v1 or v2)
 *           del ID                     ends it
 *   stdout  {"id": ID}                 it was out of memory just now: whom the kernel kills is dead or dying
 *           {"id": ID, "error": TEXT}  the group is not, or no longer, watched
 *
 * The end of stdin ends it. It sleeps until the kernel has something to tell.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../common/lines.h"
#include "group.h"

enum { MAX_GROUPS = 1024, MAX_LINE = 4352 };

static struct group groups[MAX_GROUPS];
static size_t group_count;

static void tell_error(const char *id, const char *what) { printf("{\"id\":\"%s\",\"error\":\"%s\"}\n", id, what); }

static void remove_group(size_t at) {
  group_close(&groups[at]);
  groups[at] = groups[--group_count];
}

static void remove_by_id(const char *id) {
  for (size_t i = 0; i < group_count; i++)
    if (strcmp(groups[i].id, id) == 0) {
      remove_group(i);
      return;
    }
}

static void add_group(const char *id, const char *directory) {
  remove_by_id(id);
  if (group_count == MAX_GROUPS) tell_error(id, "too many nodes");
  else if (!group_open(&groups[group_count], id, directory)) tell_error(id, strerror(errno));
  else group_count++;
}

/* The agent writes these lines; ids hold only letters, digits, '-' and '/', which JSON takes as they are. */
static void obey(const char *line) {
  char id[ID_SIZE];
  int at = 0;
  if (sscanf(line, "add %79[a-z0-9/-] %n", id, &at) == 1 && at > 0 && line[at] == '/') add_group(id, line + at);
  else if (sscanf(line, "del %79[a-z0-9/-]", id) == 1) remove_by_id(id);
  else fprintf(stderr, "dd-oom: not understood: %s\n", line);
}

/* False at the end of stdin. */
static bool read_commands(void) {
  static char text[MAX_LINE];
  static struct lines lines = {.text = text, .size = sizeof text};
  return lines_read(&lines, STDIN_FILENO, obey);
}

static void look(size_t at) {
  switch (group_read(&groups[at])) {
    case GROUP_QUIET: return;
    case GROUP_OOM: printf("{\"id\":\"%s\"}\n", groups[at].id); return;
    case GROUP_GONE: tell_error(groups[at].id, "the group is gone"); remove_group(at);
  }
}

int main(void) {
  static char output[1 << 16];
  static struct pollfd waiting[MAX_GROUPS + 1];
  setvbuf(stdout, output, _IOFBF, sizeof output);
  for (;;) {
    waiting[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    for (size_t i = 0; i < group_count; i++)
      waiting[i + 1] = (struct pollfd){.fd = groups[i].told, .events = groups[i].events};
    size_t count = group_count;
    if (poll(waiting, count + 1, -1) < 0) {
      if (errno == EINTR) continue;
      return 1;
    }
    /* From the last on: a group that goes leaves its place to one that was looked at. */
    for (size_t i = count; i-- > 0;)
      if (waiting[i + 1].revents) look(i);
    if (waiting[0].revents && !read_commands()) return 0;
    /* A reader that is gone ends us by SIGPIPE or here. */
    if (fflush(stdout) != 0) return 1;
  }
}
