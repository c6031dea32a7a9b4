/* Doing something inside another network namespace. The program is one thread, so it goes there and comes back. */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../base/log.h"

static int node_fd = -1;

bool netns_init(void) {
  if (node_fd < 0) node_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  return node_fd >= 0;
}

int netns_node(void) { return node_fd; }

void netns_forget(void) { node_fd = -1; }

bool netns_enter(int fd) { return setns(fd, CLONE_NEWNET) == 0; }

void netns_return(void) {
  if (setns(node_fd, CLONE_NEWNET) == 0) return;
  /* Whatever came next would be done to the wrong namespace. */
  log_line("cannot return to the node's network namespace: %s", strerror(errno));
  exit(1);
}

int netns_netlink(int fd, int family) {
  if (!netns_enter(fd)) return -1;
  int result = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, family);
  netns_return();
  return result;
}

bool netns_sysctl(int fd, const char *name, const char *value) {
  char path[160], now[32] = "";
  snprintf(path, sizeof path, "/proc/sys/net/%s", name);
  if (!netns_enter(fd)) return false;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  bool good = file >= 0 && read(file, now, sizeof now - 1) > 0 && strcspn(now, "\n") == strlen(value) &&
              strncmp(now, value, strlen(value)) == 0;
  if (file >= 0) close(file);
  if (!good) {
    file = open(path, O_WRONLY | O_CLOEXEC);
    good = file >= 0 && write(file, value, strlen(value)) == (ssize_t)strlen(value);
    if (file >= 0) close(file);
  }
  netns_return();
  return good;
}
