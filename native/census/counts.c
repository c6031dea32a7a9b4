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

/* Enough to be far beyond any bound, so that a node of millions does not keep us (entries of one dump). */
enum { MOST_ENTRIES = 1000000 };

/* The entries that the kernel lists for a family, or as proxies. */
static uint64_t dump_neighbours(int fd, unsigned char family, unsigned char flags) {
  struct {
    struct nlmsghdr header;
    struct ndmsg neighbour;
  } request = {
      .header = {.nlmsg_len = sizeof(request), .nlmsg_type = RTM_GETNEIGH, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
      .neighbour = {.ndm_family = family, .ndm_flags = flags},
  };
  static _Alignas(struct nlmsghdr) char answer[65536];
  uint64_t found = 0;

  if (send(fd, &request, sizeof(request), 0) < 0) return 0;
  while (found < MOST_ENTRIES) {
    ssize_t length = recv(fd, answer, sizeof(answer), 0);
    const struct nlmsghdr *header = (const struct nlmsghdr *)answer;
    unsigned left = length < 0 ? 0 : (unsigned)length;

    if (length <= 0) return found;
    for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) return found;
      if (header->nlmsg_type == RTM_NEWNEIGH) found++;
    }
  }
  return found;
}

static uint64_t count_neighbours(void) {
  static const struct {
    unsigned char family, flags;
  } DUMPS[] = {{AF_INET, 0}, {AF_INET6, 0}, {AF_INET, NTF_PROXY}, {AF_INET6, NTF_PROXY}, {AF_BRIDGE, 0}};
  uint64_t found = 0;
  size_t i;

  for (i = 0; i < sizeof(DUMPS) / sizeof(*DUMPS); i++) {
    /* One socket a dump: what is left unread of one that was cut short is not the next one's answer. */
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

    if (fd < 0) return found;
    found += dump_neighbours(fd, DUMPS[i].family, DUMPS[i].flags);
    close(fd);
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
  census->namespaces[census->namespace_count++] = found.st_ino;
  if (setns(fd, CLONE_NEWNET) != 0) return;
  census->neighbours += count_neighbours();
  census->connections += count_connections();
  census->socket_bytes += count_socket_bytes();
}
