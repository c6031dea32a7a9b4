/* Asks the kernel for a link's operational state. */
#include "link-state.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct link_request {
  struct nlmsghdr header;
  struct ifinfomsg info;
  struct rtattr name;
  char text[IFNAMSIZ];
};

static int find_state(const struct nlmsghdr *header) {
  const struct ifinfomsg *info = NLMSG_DATA(header);
  int left = (int)IFLA_PAYLOAD(header);
  for (const struct rtattr *at = IFLA_RTA(info); RTA_OK(at, left); at = RTA_NEXT(at, left))
    if (at->rta_type == IFLA_OPERSTATE) return *(const unsigned char *)RTA_DATA(at);
  return -ENODATA;
}

int dd_link_state(const void *name) {
  struct link_request request = {
      .header = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST},
      .info = {.ifi_family = AF_UNSPEC},
      .name = {.rta_len = RTA_LENGTH(IFNAMSIZ), .rta_type = IFLA_IFNAME},
  };
  if (strlen(name) >= sizeof request.text) return -ENAMETOOLONG;
  strcpy(request.text, name);
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) return -errno;
  _Alignas(struct nlmsghdr) char answer[16384];
  int result;
  /* The kernel answers within the send. */
  ssize_t length = send(fd, &request, sizeof request, 0) < 0 ? -1 : recv(fd, answer, sizeof answer, MSG_DONTWAIT);
  const struct nlmsghdr *header = (const struct nlmsghdr *)answer;
  if (length < 0) result = -errno;
  else if (!NLMSG_OK(header, (unsigned)length)) result = -EBADMSG;
  else if (header->nlmsg_type == NLMSG_ERROR) result = ((const struct nlmsgerr *)NLMSG_DATA(header))->error;
  else result = find_state(header);
  close(fd);
  return result;
}
