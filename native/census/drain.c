/* Empties the queues of network namespaces. */
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>

#include "../common/cleanup.h"
#include "census.h"

/* Of the namespace that the caller is in: a link that is down holds nothing, nor do neighbours that are looked for
 * there. */
static uint64_t set_down(const struct nlmsghdr *header) {
  struct {
    struct nlmsghdr header;
    struct ifinfomsg link;
  } request = {
      .header = {.nlmsg_len = sizeof(request), .nlmsg_type = RTM_NEWLINK, .nlmsg_flags = NLM_F_REQUEST},
      .link = {.ifi_change = IFF_UP},
  };
  const struct ifinfomsg *message = NLMSG_DATA(header);
  int fd CLOSED_AT_END = -1;

  if (header->nlmsg_type != RTM_NEWLINK || (message->ifi_flags & IFF_UP) == 0) return 0;
  request.link.ifi_index = message->ifi_index;
  fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  return fd >= 0 && send(fd, &request, sizeof(request), 0) > 0;
}

void drain_namespaces(const struct census *census) {
  size_t i;

  for (i = 0; i < census->namespace_count; i++) {
    struct {
      struct nlmsghdr header;
      struct ifinfomsg link;
    } request = {
        .header = {.nlmsg_len = sizeof(request), .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
    };

    if (census->kept[i] >= 0 && setns(census->kept[i], CLONE_NEWNET) == 0)
      sum_dump(NETLINK_ROUTE, &request, sizeof(request), set_down);
  }
}
