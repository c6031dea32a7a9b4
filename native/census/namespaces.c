/* Finds the network namespaces of a process. */
#include <dirent.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <linux/openat2.h>
#include <linux/sockios.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../common/cleanup.h"
#include "census.h"

/* Since Linux 6.9; an older header lacks the name, an older kernel refuses it (pidfd_open(2)). */
#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

/* Counts what an O_PATH descriptor stands for, if that is a namespace: a FIFO or device in its place is never opened.
 */
static void add_if_namespace(struct census *census, int found) {
  struct statfs fs;
  char path[64];
  int fd;

  if (fstatfs(found, &fs) != 0 || (unsigned long)fs.f_type != NSFS_MAGIC) return;
  snprintf(path, sizeof(path), "/proc/self/fd/%d", found);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  add_namespace(census, fd);
  close(fd);
}

static void add_path(struct census *census, int directory, const char *name) {
  int found = openat(directory, name, O_PATH | O_CLOEXEC);

  if (found < 0) return;
  add_if_namespace(census, found);
  close(found);
}

/* Calls `each` for every entry of a directory of the process. */
static void for_each(struct census *census, int process, const char *name,
                     void (*each)(struct census *, int, const char *)) {
  int fd = openat(process, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *directory = fd < 0 ? NULL : fdopendir(fd);
  struct dirent *entry;

  if (directory == NULL) {
    if (fd >= 0) close(fd);
    return;
  }
  while ((entry = readdir(directory)) != NULL)
    if (entry->d_name[0] != '.') each(census, dirfd(directory), entry->d_name);
  closedir(directory);
}

bool is_hosts(int namespace) {
  int owner CLOSED_AT_END = ioctl(namespace, NS_GET_USERNS);
  struct stat its, own;

  return owner < 0 || fstat(owner, &its) != 0 || stat("/proc/self/ns/user", &own) != 0 || its.st_ino == own.st_ino;
}

int copy_descriptor(const struct census *census, const char *number) {
  return (int)syscall(SYS_pidfd_getfd, census->thread, (int)strtol(number, NULL, 10), 0);
}

/* A namespace without a process lives on in a socket that was made there: a copy of the socket tells which it is. */
static void add_socket(struct census *census, const char *number) {
  int socket CLOSED_AT_END = copy_descriptor(census, number);
  int namespace CLOSED_AT_END = socket < 0 ? -1 : ioctl(socket, SIOCGSKNS);

  /* Whoever enters a node brings the sockets of its own streams along: they count for nobody. */
  if (namespace >= 0 && !is_hosts(namespace)) add_namespace(census, namespace);
}

static void add_descriptor(struct census *census, int descriptors, const char *number) {
  char target[16];
  ssize_t length;

  if (census->descriptor_count == MAX_DESCRIPTORS) return;
  census->descriptor_count++;
  length = readlinkat(descriptors, number, target, sizeof(target));
  if (length >= 5 && memcmp(target, "net:[", 5) == 0) add_path(census, descriptors, number);
  else if (length >= 8 && memcmp(target, "socket:[", 8) == 0) add_socket(census, number);
  else if (length >= 1 && *target == '/') add_terminal(census, descriptors, number);
}

/* Threads share their descriptors, unless one has asked for a table of its own. */
static bool shares_descriptors(pid_t pid, pid_t tid) {
  return pid != tid && syscall(SYS_kcmp, pid, tid, KCMP_FILES, 0, 0) == 0;
}

static void add_thread(struct census *census, int tasks, const char *name) {
  pid_t tid = (pid_t)strtol(name, NULL, 10);
  char path[300];
  struct stat found;

  snprintf(path, sizeof(path), "%s/ns/net", name);
  add_path(census, tasks, path);
  if (shares_descriptors(census->pid, tid)) return;
  census->thread = (int)syscall(SYS_pidfd_open, tid, tid == census->pid ? 0 : PIDFD_THREAD);
  /* Its number may have become another's before it was opened. */
  if (census->thread >= 0 && fstatat(tasks, name, &found, 0) != 0) close_fd(&census->thread);
  snprintf(path, sizeof(path), "%s/fd", name);
  for_each(census, tasks, path, add_descriptor);
  close_fd(&census->thread);
}

/* mountinfo writes space, tab, newline and backslash as three octal digits. */
static void unescape(char *text) {
  char *to = text;

  for (; *text != '\0'; text++) {
    if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] != '\0' && text[3] != '\0') {
      *to++ = (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
      text += 3;
    } else {
      *to++ = *text;
    }
  }
  *to = '\0';
}

static void add_mount(struct census *census, int root, char *place) {
  struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  int found;

  unescape(place);
  found = (int)syscall(SYS_openat2, root, place, &how, sizeof(how));
  if (found < 0) return;
  add_if_namespace(census, found);
  close(found);
}

static bool is_new_tree(struct census *census, int process) {
  struct stat found;
  size_t i;

  if (fstatat(process, "ns/mnt", &found, 0) != 0 || census->tree_count == MAX_NAMESPACES) return false;
  for (i = 0; i < census->tree_count; i++)
    if (census->trees[i] == found.st_ino) return false;
  census->trees[census->tree_count++] = found.st_ino;
  return true;
}

/* A namespace without a process lives by a mount of it, as `ip netns` makes them. */
static void add_mounts(struct census *census, int process) {
  int root = openat(process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
  int fd = openat(process, "mountinfo", O_RDONLY | O_CLOEXEC);
  FILE *mounts = fd < 0 ? NULL : fdopen(fd, "r");
  char *line = NULL;
  size_t size = 0;

  while (root >= 0 && mounts != NULL && getline(&line, &size, mounts) > 0) {
    char what[64], *place = NULL;

    /* 36 35 98:0 <root> <mount point> ... */
    if (sscanf(line, "%*s %*s %*s %63s %ms", what, &place) == 2 && strncmp(what, "net:[", 5) == 0)
      add_mount(census, root, place);
    free(place);
  }
  free(line);
  if (mounts != NULL) fclose(mounts);
  else if (fd >= 0) close(fd);
  if (root >= 0) close(root);
}

void add_process(struct census *census, pid_t pid) {
  char name[64];
  int process;

  snprintf(name, sizeof(name), "/proc/%d", pid);
  process = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (process < 0) return;
  census->pid = pid;
  for_each(census, process, "task", add_thread);
  if (is_new_tree(census, process)) add_mounts(census, process);
  close(process);
}
