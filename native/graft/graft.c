/*
 * A mount of the source is made on the host, made read-only, and moved into the node's mount namespace. The node's root
 * may take it away again and then sees what lies below.
 *
 * In the node's namespace we are still the host's root, so no name there is trusted: targets are opened without
 * following any link, and the worst that a learner can do is to have the file laid over another one of the learner's
 * own.
 */
#include "graft.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../common/fail.h"

/* Layers of ours that may lie over one file: one, and as many again as a learner may have copied. */
enum { MAX_LAYERS = 16 };

static void open_source(struct graft *graft) {
  struct mount_attr attributes = {.attr_set =
                                      MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC};

  graft->tree =
      (int)syscall(SYS_open_tree, AT_FDCWD, graft->source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
  if (graft->tree < 0 ||
      syscall(SYS_mount_setattr, graft->tree, "", AT_EMPTY_PATH, &attributes, sizeof(attributes)) != 0)
    fail(errno, "cannot take %s", graft->source);
}

/* Field 22 of /proc/<pid>/stat; the name before it may hold anything. */
static unsigned long long start_of(int process) {
  char text[1024];
  int file = openat(process, "stat", O_RDONLY | O_CLOEXEC);
  ssize_t length = file < 0 ? -1 : read(file, text, sizeof(text) - 1);
  unsigned long long started = 0;
  char *at;

  if (file >= 0) close(file);
  text[length > 0 ? length : 0] = '\0';
  at = strrchr(text, ')');
  if (at) sscanf(at + 1, " %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu", &started);
  return started;
}

/*
 * Leaves us in the host's own /proc/self/fd: by a name there an open file is unmounted, when no name in the node is to
 * be trusted and the node's /proc does not know us. The directory is opened first: a pid that passes to another process
 * meanwhile does not pass with it.
 */
static void enter_mounts(int pid, unsigned long long started) {
  char path[64];
  int descriptors = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
  int process, mounts;

  snprintf(path, sizeof(path), "/proc/%d", pid);
  process = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  mounts = process < 0 ? -1 : openat(process, "ns/mnt", O_RDONLY | O_CLOEXEC);
  if (mounts < 0) fail(errno, "cannot find process %d", pid);
  if (start_of(process) != started) {
    errno = ESRCH;
    fail(errno, "process %d is another one", pid);
  }
  if (setns(mounts, CLONE_NEWNS) != 0 || fchdir(descriptors) != 0)
    fail(errno, "cannot enter the mounts of process %d", pid);
  close(descriptors);
  close(mounts);
  close(process);
}

static int open_target(const char *path) {
  struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};

  return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

/* Ours are the only FUSE mounts of a node, which has no /dev/fuse; one whose server is gone says so instead. */
static bool is_ours(int target) {
  struct statfs found;

  if (fstatfs(target, &found) != 0) return errno == ENOTCONN || errno == ECONNABORTED;
  return found.f_type == FUSE_SUPER_MAGIC;
}

/* Opens the target once nothing of ours lies over it; -1 when the node has no such file. */
static int uncover(const char *path) {
  for (int layer = 0; layer < MAX_LAYERS; layer++) {
    char name[64];
    int target = open_target(path);

    if (target < 0 || !is_ours(target)) return target;
    snprintf(name, sizeof(name), "%d", target);
    if (umount2(name, MNT_DETACH) != 0) fail(errno, "cannot take away what lies over %s", path);
    close(target);
  }
  errno = ELOOP;
  return -1;
}

void graft_all(int pid, unsigned long long started, struct graft *grafts, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (grafts[i].source) open_source(&grafts[i]);
  enter_mounts(pid, started);
  for (size_t i = 0; i < count; i++) {
    int target = uncover(grafts[i].target);

    if (target < 0) fail(errno, "cannot open %s in the node", grafts[i].target);
    if (grafts[i].source &&
        syscall(SYS_move_mount, grafts[i].tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
      fail(errno, "cannot lay %s over %s", grafts[i].source, grafts[i].target);
    close(target);
  }
}
