/* Turns the plan's names into descriptors, so that nothing is looked up by name once the node is near. */
#include "verify.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../common/fail.h"

/* Start time of a process in clock ticks since boot; 0 when there is no such process. */
static unsigned long long start_time(pid_t pid) {
  char path[64], text[1024];
  unsigned long long started = 0;
  char *at;
  ssize_t length;
  int fd;

  snprintf(path, sizeof(path), "/proc/%d/stat", pid);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  length = read(fd, text, sizeof(text) - 1);
  close(fd);
  if (length <= 0) return 0;
  text[length] = '\0';
  /* The name in parentheses may hold anything, so count from the last one: the state is field 3. */
  at = strrchr(text, ')');
  if (at == NULL || sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
                           &started) != 1)
    return 0;
  return started;
}

/* The pidfd is opened before the start time is read: if it still lives afterwards, the time was its own. */
static int open_init(const struct plan *plan) {
  struct pollfd ended;
  int fd = (int)syscall(SYS_pidfd_open, plan->pid, 0);

  if (fd < 0) fail(errno, "the node's process %d cannot be reached", plan->pid);
  if (start_time(plan->pid) != plan->started) fail(0, "the node's process %d has ended", plan->pid);
  ended = (struct pollfd){.fd = fd, .events = POLLIN};
  if (poll(&ended, 1, 0) != 0) fail(0, "the node's process %d has ended", plan->pid);
  return fd;
}

static struct sock_fprog read_filter(const char *path) {
  struct sock_fprog program = {0};
  struct stat status;
  size_t size;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

  if (fd < 0 || fstat(fd, &status) != 0) fail(errno, "cannot read the seccomp filter %s", path);
  size = (size_t)status.st_size;
  if (size == 0 || size % sizeof(struct sock_filter) != 0 || size / sizeof(struct sock_filter) > BPF_MAXINSNS)
    fail(0, "%s is not a seccomp filter", path);
  program.len = (unsigned short)(size / sizeof(struct sock_filter));
  program.filter = malloc(size);
  if (program.filter == NULL || read(fd, program.filter, size) != (ssize_t)size)
    fail(errno, "cannot read the seccomp filter %s", path);
  close(fd);
  return program;
}

struct checked verify_plan(const struct plan *plan) {
  struct checked checked = {.plan = plan};
  char path[4096];
  size_t i;

  checked.filter = read_filter(plan->seccomp);
  for (i = 0; i < plan->cgroup_count; i++) {
    if ((size_t)snprintf(path, sizeof(path), "%s/cgroup.procs", plan->cgroups[i]) >= sizeof(path))
      fail(ENAMETOOLONG, "cannot join %s", plan->cgroups[i]);
    checked.cgroups[i] = open(path, O_WRONLY | O_CLOEXEC);
    if (checked.cgroups[i] < 0) fail(errno, "cannot join %s", plan->cgroups[i]);
  }
  checked.pidfd = open_init(plan);
  return checked;
}
