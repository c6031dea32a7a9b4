/*
 * The node's user namespace, in one more that bounds it:
 *
 *   host  <-  bounds (owned by the node's first id)  <-  node
 *
 * What a node makes (namespaces, inotify instances, pending signals, message queues) the kernel counts for the owner of
 * each user namespace on the way up. Owned by an id that only this node has, nothing of it is counted for the host's
 * root or for another node. What the namespace in the middle may hold is written by us into its user.* settings; the
 * node, which is below it, cannot even read them.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/fail.h"

#include "stage.h"

/* Where a process waits for the other: both ends closed by whoever is done. */
struct gate {
  int ends[2];
};

static void open_gate(struct gate *gate) {
  if (pipe2(gate->ends, O_CLOEXEC) != 0) fail(errno, "cannot make a pipe");
}

static void write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);

  if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) fail(errno, "cannot write %s", path);
  close(fd);
}

static void write_maps(pid_t pid, uint32_t first, const struct stage *stage) {
  static const char *const FILES[] = {"uid_map", "gid_map"};
  char path[64], line[64];
  size_t i;

  snprintf(line, sizeof(line), "%u %u %u\n", first, stage->base, stage->count);
  for (i = 0; i < 2; i++) {
    snprintf(path, sizeof(path), "/proc/%d/%s", pid, FILES[i]);
    write_file(path, line);
  }
}

/* A kernel that does not count something has no file for it. */
static void write_bounds(const struct stage *stage) {
  char path[128];
  size_t i;

  for (i = 0; i < stage->bound_count; i++) {
    snprintf(path, sizeof(path), "/proc/sys/user/%s", stage->bounds[i].name);
    if (access(path, F_OK) == 0) write_file(path, stage->bounds[i].value);
  }
}

/*
 * The owner of a user namespace is the effective id of its maker. Rights are kept: some hosts refuse user namespaces to
 * who has none. Dumpable, or our own /proc files would be out of our reach; nothing else runs under these ids yet.
 */
static void become_owner(const struct stage *stage) {
  if (setgroups(0, NULL) != 0 || prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) != 0 ||
      setresgid(stage->base, stage->base, stage->base) != 0 || setresuid(stage->base, stage->base, stage->base) != 0 ||
      prctl(PR_SET_DUMPABLE, 1) != 0)
    fail(errno, "cannot become the first id of the node");
}

/* The process whose namespace becomes the node's; ends with its parent. */
static _Noreturn void be_inner(const struct gate *made) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (unshare(CLONE_NEWUSER) != 0 || write(made->ends[1], "x", 1) != 1) _exit(1);
  for (;;) pause();
}

/* The process in the namespace of the bounds: `made` when that is there, `mapped` when it has its ids, then tells the
 * inner one's pid. */
static _Noreturn void be_outer(const struct stage *stage, const struct gate *made, const struct gate *mapped) {
  struct gate inner_made;
  pid_t inner;
  char byte;

  become_owner(stage);
  if (unshare(CLONE_NEWUSER) != 0) fail(errno, "this kernel gives no user namespaces");
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (write(made->ends[1], "x", 1) != 1 || read(mapped->ends[0], &byte, 1) != 1) _exit(1);
  write_bounds(stage);
  open_gate(&inner_made);
  inner = fork();
  if (inner < 0) fail(errno, "cannot fork");
  if (inner == 0) be_inner(&inner_made);
  close(inner_made.ends[1]);
  if (read(inner_made.ends[0], &byte, 1) != 1) {
    errno = EPERM;
    fail(errno, "no user namespace for the node");
  }
  write_maps(inner, 0, stage);
  if (write(made->ends[1], &inner, sizeof(inner)) != (ssize_t)sizeof(inner)) _exit(1);
  waitpid(inner, NULL, 0);
  _exit(0);
}

int make_user_namespace(const struct stage *stage) {
  struct gate made, mapped;
  pid_t outer, inner;
  int namespace;
  char path[64], byte;

  open_gate(&made);
  open_gate(&mapped);
  outer = fork();
  if (outer < 0) fail(errno, "cannot fork");
  if (outer == 0) be_outer(stage, &made, &mapped);
  close(made.ends[1]);
  close(mapped.ends[0]);
  if (read(made.ends[0], &byte, 1) != 1) _exit(1); /* It has said why. */
  write_maps(outer, stage->base, stage);
  if (write(mapped.ends[1], "x", 1) != 1 || read(made.ends[0], &inner, sizeof(inner)) != (ssize_t)sizeof(inner))
    _exit(1);
  close(made.ends[0]);
  close(mapped.ends[1]);
  snprintf(path, sizeof(path), "/proc/%d/ns/user", inner);
  namespace = open(path, O_RDONLY | O_CLOEXEC);
  if (namespace < 0) fail(errno, "cannot open %s", path);
  kill(inner, SIGKILL);
  waitpid(outer, NULL, 0);
  return namespace;
}
