/* An id map as a file descriptor: that of a user namespace in which nothing runs. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stage.h"

static void write_map(pid_t pid, const char *name, uint32_t base, uint32_t count)
{
  char path[64], line[64];
  int fd, length;

  snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
  length = snprintf(line, sizeof(line), "0 %u %u\n", base, count);
  fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, line, (size_t)length) != length)
    fail("cannot write %s", path);
  close(fd);
}

int open_id_map(uint32_t base, uint32_t count)
{
  char path[64], byte;
  int ready[2], namespace;
  pid_t pid;

  if (pipe2(ready, O_CLOEXEC) != 0)
    fail("cannot make a pipe");
  pid = fork();
  if (pid < 0)
    fail("cannot fork");
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (unshare(CLONE_NEWUSER) != 0 || write(ready[1], "x", 1) != 1)
      _exit(1);
    for (;;)
      pause();
  }
  close(ready[1]);
  if (read(ready[0], &byte, 1) != 1) {
    errno = EPERM;
    fail("this kernel gives no user namespaces");
  }
  close(ready[0]);
  write_map(pid, "uid_map", base, count);
  write_map(pid, "gid_map", base, count);
  snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
  namespace = open(path, O_RDONLY | O_CLOEXEC);
  if (namespace < 0)
    fail("cannot open %s", path);
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
  return namespace;
}
