/* Opens sockets and writes sysctls in another network namespace than the caller's. */
#include "link-state.h"
#include "netlink.h"
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* Returns a descriptor of the namespace, or -errno. */
static int open_netns(const struct dd_netns *netns) {
  int fd = open(netns->path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -errno;
  struct stat found;
  if (netns->inode != 0 && (fstat(fd, &found) != 0 || found.st_ino != netns->inode)) {
    close(fd);
    return -ESTALE;
  }
  return fd;
}

static int make_socket(const void *argument) {
  const struct dd_socket *wanted = argument;
  int fd = socket(wanted->family, wanted->type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  if (wanted->host == NULL) return fd;

  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(wanted->port)};
  int on = 1;
  int error = 0;
  if (inet_pton(AF_INET, wanted->host, &address.sin_addr) != 1) error = EINVAL;
  /* Streams: a restarted agent must not wait for TIME_WAIT. Datagrams: two owners of one port would share its packets,
   * so never. */
  else if (wanted->type == SOCK_STREAM && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) error = errno;
  else if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) error = errno;
  else if (wanted->backlog > 0 && listen(fd, wanted->backlog) != 0) error = errno;
  if (error == 0) return fd;
  close(fd);
  return -error;
}

struct sysctl {
  const char *name;
  const char *value;
};

static int write_sysctl(const void *argument) {
  const struct sysctl *sysctl = argument;
  const char *name = sysctl->name, *value = sysctl->value;
  char path[256];
  if (strstr(name, "..") != NULL) return -EINVAL;
  if (snprintf(path, sizeof path, "/proc/sys/net/%s", name) >= (int)sizeof path) return -ENAMETOOLONG;
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -errno;
  ssize_t length = (ssize_t)strlen(value);
  int result = write(fd, value, (size_t)length) == length ? 0 : -(errno ? errno : EIO);
  close(fd);
  return result;
}

/* What is to be done in the namespace; `argument` is the work's own. */
typedef int work_function(const void *argument);

/* One way there and one way back for all kinds of work. */
static int run_in_netns(const struct dd_netns *netns, work_function *work, const void *argument) {
  int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  if (home < 0) return -errno;
  int target = open_netns(netns);
  if (target < 0) {
    close(home);
    return target;
  }
  int result;
  if (setns(target, CLONE_NEWNET) != 0) {
    result = -errno;
  } else {
    result = work(argument);
    if (setns(home, CLONE_NEWNET) != 0) {
      /* A thread that stays in a learner's network would open everything there from now on. */
      static const char message[] = "netns: cannot return to the own network namespace\n";
      if (write(STDERR_FILENO, message, sizeof message - 1) < 0) abort();
      abort();
    }
  }
  close(target);
  close(home);
  return result;
}

int dd_netns_socket(const struct dd_netns *netns, const struct dd_socket *wanted) {
  return run_in_netns(netns, make_socket, wanted);
}

int dd_netns_sysctl(const struct dd_netns *netns, const char *name, const char *value) {
  struct sysctl sysctl = {.name = name, .value = value};
  return run_in_netns(netns, write_sysctl, &sysctl);
}

int dd_netns_link_state(const struct dd_netns *netns, const char *link) {
  return run_in_netns(netns, dd_link_state, link);
}

int dd_netns_requests(const struct dd_netns *netns, const void *bytes, size_t length) {
  struct dd_requests requests = {.bytes = bytes, .length = length};
  return run_in_netns(netns, dd_send_requests, &requests);
}

int dd_netns_link_index(const struct dd_netns *netns, const char *link) {
  return run_in_netns(netns, dd_link_index, link);
}

/* Opens `path` below the root of `pid` for connecting only; -ENOTSOCK when it is something else. */
static int open_socket_file(int pid, const char *path, uint64_t netns_inode) {
  char name[64];
  snprintf(name, sizeof name, "/proc/%d", pid);
  /* One descriptor of the process directory: all that is read through it belongs to one process, also when the pid is
   * reused. */
  int process = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (process < 0) return -errno;
  struct stat found;
  int result = 0;
  if (netns_inode != 0 && (fstatat(process, "ns/net", &found, 0) != 0 || found.st_ino != netns_inode)) result = -ESTALE;
  int root = result == 0 ? openat(process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
  if (result == 0 && root < 0) result = -errno;
  close(process);
  if (result != 0) return result;

  struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
  result = fd < 0 ? -errno : fd;
  close(root);
  if (fd >= 0 && (fstat(fd, &found) != 0 || !S_ISSOCK(found.st_mode))) {
    close(fd);
    result = -ENOTSOCK;
  }
  return result;
}

int dd_connect_unix(int pid, const char *path, uint64_t netns_inode) {
  int file = open_socket_file(pid, path, netns_inode);
  if (file < 0) return file;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", file);
  /* The socket that the node's program accepts is of the connecting one's network: the host's would list its interfaces
   * to the node. */
  char path_of_netns[64];
  snprintf(path_of_netns, sizeof path_of_netns, "/proc/%d/ns/net", pid);
  struct dd_netns netns = {.path = path_of_netns, .inode = netns_inode};
  struct dd_socket wanted = {.family = AF_UNIX, .type = SOCK_STREAM};
  int fd = dd_netns_socket(&netns, &wanted);
  int result = fd;
  /* Non-blocking: a full backlog is EAGAIN at once, never a wait for a learner's process. */
  if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    result = -errno;
    close(fd);
  }
  close(file);
  return result;
}
