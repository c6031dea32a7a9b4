/*
 * v1: an eventfd that is registered with memory.oom_control counts each time that the group's own limit leaves no room
 * (Documentation/admin-guide/cgroup-v1/memory.rst, "OOM Control"). v2: memory.events is ready for POLLPRI when it has
 * changed, and counts kills in the groups below too.
 */
#include "group.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static bool register_event(int directory, int event, int control) {
  char request[32];
  int file = openat(directory, "cgroup.event_control", O_WRONLY | O_CLOEXEC);
  int length = snprintf(request, sizeof request, "%d %d", event, control);
  bool done = file >= 0 && write(file, request, (size_t)length) == length;
  int error = errno;
  if (file >= 0) close(file);
  errno = error;
  return done;
}

static bool open_v1(struct group *group, int directory) {
  group->control = openat(directory, "memory.oom_control", O_RDONLY | O_CLOEXEC);
  if (group->control < 0) return false;
  group->told = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  group->events = POLLIN;
  if (group->told >= 0 && register_event(directory, group->told, group->control)) return true;
  group_close(group);
  return false;
}

/* Reads the number of kills; false when the group is gone. */
static bool read_kills(int file, unsigned long long *kills) {
  char text[512];
  ssize_t length = pread(file, text, sizeof text - 1, 0);
  if (length <= 0) return false;
  text[length] = '\0';
  const char *at = strstr(text, "\noom_kill ");
  return at && sscanf(at, " oom_kill %llu", kills) == 1;
}

static bool open_v2(struct group *group, int directory) {
  group->told = openat(directory, "memory.events", O_RDONLY | O_CLOEXEC);
  group->events = POLLPRI;
  if (group->told >= 0 && read_kills(group->told, &group->kills)) return true;
  group_close(group);
  return false;
}

bool group_open(struct group *group, const char *id, const char *path) {
  *group = (struct group){.told = -1, .control = -1};
  snprintf(group->id, sizeof group->id, "%s", id);
  int directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return false;
  bool opened = open_v1(group, directory) || (errno == ENOENT && open_v2(group, directory));
  int error = errno;
  close(directory);
  errno = error;
  return opened;
}

enum group_news group_read(struct group *group) {
  if (group->control < 0) {
    unsigned long long before = group->kills;
    if (!read_kills(group->told, &group->kills)) return GROUP_GONE;
    return group->kills > before ? GROUP_OOM : GROUP_QUIET;
  }
  uint64_t count;
  if (read(group->told, &count, sizeof count) != sizeof count) return GROUP_QUIET;
  /* The end of the group is told in the same way. */
  char text[1];
  return pread(group->control, text, sizeof text, 0) == 1 ? GROUP_OOM : GROUP_GONE;
}

void group_close(struct group *group) {
  int error = errno;
  if (group->told >= 0) close(group->told);
  if (group->control >= 0) close(group->control);
  group->told = group->control = -1;
  errno = error;
}
