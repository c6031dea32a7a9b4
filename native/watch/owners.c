/* Finds who holds a socket: the processes of a namespace, by their open descriptors. Names are the processes' own, so
 * only shown. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sockets.h"

/* Descriptors of one process that are looked at: a hostile one may hold a million. */
enum { MAX_DESCRIPTORS = 4096 };

static void read_program(int process, char program[PROGRAM_SIZE]) {
  int fd = openat(process, "comm", O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, program, PROGRAM_SIZE - 1);
  if (fd >= 0) close(fd);
  program[length > 0 ? length : 0] = '\0';
  program[strcspn(program, "\n")] = '\0';
  for (char *at = program; *at; at++)
    if (!isprint((unsigned char)*at) || *at == '"' || *at == '\\') *at = '?';
}

/* Returns how many sockets without a name this process named. */
static size_t name_by_process(int process, struct listeners *wanted) {
  int fds = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *directory = fds < 0 ? NULL : fdopendir(fds);
  size_t named = 0;
  if (!directory) {
    if (fds >= 0) close(fds);
    return 0;
  }
  struct dirent *entry;
  for (int seen = 0; seen < MAX_DESCRIPTORS && (entry = readdir(directory)); seen++) {
    char target[64];
    ssize_t length = readlinkat(fds, entry->d_name, target, sizeof target - 1);
    if (length <= 0) continue;
    target[length] = '\0';
    unsigned inode;
    if (sscanf(target, "socket:[%u]", &inode) != 1) continue;
    for (size_t i = 0; i < wanted->count; i++) {
      struct listener *item = &wanted->items[i];
      if (item->inode != inode || item->program[0]) continue;
      read_program(process, item->program);
      named++;
    }
  }
  closedir(directory);
  return named;
}

void name_programs(uint64_t netns_inode, struct listeners *wanted) {
  size_t missing = 0;
  for (size_t i = 0; i < wanted->count; i++) missing += wanted->items[i].program[0] == '\0';
  DIR *directory = missing > 0 ? opendir("/proc") : NULL;
  if (!directory) return;
  struct dirent *entry;
  while (missing > 0 && (entry = readdir(directory))) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    int process = openat(dirfd(directory), entry->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat netns;
    if (process < 0) continue;
    if (fstatat(process, "ns/net", &netns, 0) == 0 && netns.st_ino == netns_inode)
      missing -= name_by_process(process, wanted);
    close(process);
  }
  closedir(directory);
}
