/* Counts in one network namespace. */
#include <fcntl.h>
#include <linux/neighbour.h>
#include <linux/nsfs.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "census.h"

static uint64_t is_neighbour(const struct nlmsghdr *message) { return message->nlmsg_type == RTM_NEWNEIGH; }

static uint64_t count_neighbours(void) {
  static const struct {
    unsigned char family, flags;
  } DUMPS[] = {{AF_INET, 0}, {AF_INET6, 0}, {AF_INET, NTF_PROXY}, {AF_INET6, NTF_PROXY}, {AF_BRIDGE, 0}};
  uint64_t found = 0;
  size_t i;

  for (i = 0; i < sizeof(DUMPS) / sizeof(*DUMPS); i++) {
    struct {
      struct nlmsghdr header;
      struct ndmsg neighbour;
    } request = {
        .header = {.nlmsg_len = sizeof(request), .nlmsg_type = RTM_GETNEIGH, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .neighbour = {.ndm_family = DUMPS[i].family, .ndm_flags = DUMPS[i].flags},
    };

    found += sum_dump(NETLINK_ROUTE, &request, sizeof(request), is_neighbour);
  }
  return found;
}

/* Of the namespace that the caller is in. */
static uint64_t count_connections(void) {
  char text[32] = "";
  int fd = open("/proc/sys/net/netfilter/nf_conntrack_count", O_RDONLY | O_CLOEXEC);

  if (fd < 0) return 0;
  if (read(fd, text, sizeof(text) - 1) < 0) text[0] = '\0';
  close(fd);
  return strtoull(text, NULL, 10);
}

void add_namespace(struct census *census, int fd) {
  struct stat found;
  size_t i;

  if (census->namespace_count == MAX_NAMESPACES || ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET || fstat(fd, &found) != 0)
    return;
  for (i = 0; i < census->namespace_count; i++)
    if (census->namespaces[i] == found.st_ino) return;
  if (census->keeps) census->kept[census->namespace_count] = is_hosts(fd) ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
  census->namespaces[census->namespace_count++] = found.st_ino;
  if (census->keeps) return;
  if (setns(fd, CLONE_NEWNET) != 0) return;
  census->neighbours += count_neighbours();
  census->connections += count_connections();
  census->socket_bytes += count_socket_bytes() + count_waiting_bytes();
  census->transport_bytes += count_transport_bytes();
}
