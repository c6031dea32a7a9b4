/* rtnetlink without a library: the caller composes the messages, the kernel answers within the send. */
#include "netlink.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

static int send_request(int fd, const struct nlmsghdr *request) {
  if (send(fd, request, request->nlmsg_len, 0) < 0) return -errno;
  _Alignas(struct nlmsghdr) char answer[4096];
  ssize_t length = recv(fd, answer, sizeof answer, MSG_DONTWAIT);
  const struct nlmsghdr *header = (const struct nlmsghdr *)answer;
  if (length < 0) return -errno;
  if (!NLMSG_OK(header, (unsigned)length) || header->nlmsg_type != NLMSG_ERROR) return -EBADMSG;
  return ((const struct nlmsgerr *)NLMSG_DATA(header))->error;
}

int dd_send_requests(const void *argument) {
  const struct dd_requests *requests = argument;
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) return -errno;
  const struct nlmsghdr *request = requests->bytes;
  size_t left = requests->length;
  int result = 0;
  while (left > 0 && result == 0) {
    size_t step = left >= sizeof *request ? NLMSG_ALIGN(request->nlmsg_len) : 0;
    if (step < sizeof *request || step > left || !(request->nlmsg_flags & NLM_F_ACK)) {
      result = -EINVAL;
      break;
    }
    result = send_request(fd, request);
    request = (const struct nlmsghdr *)((const char *)request + step);
    left -= step;
  }
  close(fd);
  return result;
}

int dd_link_index(const void *name) {
  unsigned index = if_nametoindex(name);
  return index == 0 ? -errno : (int)index;
}

int dd_make_netns(void) {
  int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  if (home < 0) return -errno;
  int result;
  if (unshare(CLONE_NEWNET) != 0) {
    result = -errno;
  } else {
    result = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (result < 0) result = -errno;
    /* As in sockets.c: a thread that cannot go home must not go on. */
    if (setns(home, CLONE_NEWNET) != 0) abort();
  }
  close(home);
  return result;
}

int dd_name_netns(int fd, const char *path) {
  char source[64];
  snprintf(source, sizeof source, "/proc/self/fd/%d", fd);
  int file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
  if (file < 0) return -errno;
  close(file);
  if (mount(source, path, "none", MS_BIND, NULL) == 0) return 0;
  int error = errno;
  unlink(path);
  return -error;
}
