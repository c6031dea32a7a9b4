/* What the kernel lists over netlink of the network namespace that the caller is in. */
#include <linux/netlink.h>
#include <sys/socket.h>

#include "../common/cleanup.h"
#include "census.h"

/* Far beyond any bound, so that a node of millions does not keep us (messages of one dump). */
enum { MOST_MESSAGES = 4000000 };

uint64_t sum_dump(int protocol, const void *request, size_t size, uint64_t (*count)(const struct nlmsghdr *message)) {
  static _Alignas(struct nlmsghdr) char answer[65536];
  int fd CLOSED_AT_END = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
  uint64_t found = 0;
  size_t messages = 0;

  if (fd < 0 || send(fd, request, size, 0) < 0) return 0;
  while (messages < MOST_MESSAGES) {
    ssize_t length = recv(fd, answer, sizeof(answer), 0);
    const struct nlmsghdr *header = (const struct nlmsghdr *)answer;
    unsigned left = length < 0 ? 0 : (unsigned)length;

    if (length <= 0) return found;
    for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left), messages++) {
      if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) return found;
      found += count(header);
    }
  }
  return found;
}
