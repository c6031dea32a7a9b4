/* Finding out by trying whether docker's own load balancer, IPVS, works in this user namespace. */
#include "ipvs.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "netlink.h"
#include "netns.h"
#include "../base/tool.h"

static void take_family(const struct nlmsghdr *message, void *context) {
  const struct nlattr *table[CTRL_ATTR_MAX + 1];
  netlink_attributes(message, sizeof(struct genlmsghdr), table, CTRL_ATTR_MAX);
  if (table[CTRL_ATTR_FAMILY_ID]) memcpy(context, netlink_data(table[CTRL_ATTR_FAMILY_ID]), sizeof(uint16_t));
}

/* Asking by name also lets the kernel load the module, where it can. Returns 0 when there is no such family. */
static uint16_t find_family(int fd) {
  struct netlink_request request;
  struct genlmsghdr header = {.cmd = CTRL_CMD_GETFAMILY, .version = 1};
  uint16_t family = 0;
  netlink_begin(&request, GENL_ID_CTRL, 0, &header, sizeof header);
  netlink_put(&request, CTRL_ATTR_FAMILY_NAME, IPVS_GENL_NAME, sizeof IPVS_GENL_NAME);
  return netlink_talk(fd, &request, take_family, &family) == 0 ? family : 0;
}

/* A round-robin service for a firewall mark: what libnetwork makes for a VIP. Returns 0 or an errno. */
static int create_service(int fd, uint16_t family) {
  struct netlink_request request;
  struct genlmsghdr header = {.cmd = IPVS_CMD_NEW_SERVICE, .version = IPVS_GENL_VERSION};
  uint16_t address_family = AF_INET;
  uint32_t mark = 256, timeout = 0, netmask = 0xffffffff;
  struct ip_vs_flags flags = {.flags = 0, .mask = ~0u};
  netlink_begin(&request, family, 0, &header, sizeof header);
  struct nlattr *service = netlink_nest(&request, IPVS_CMD_ATTR_SERVICE);
  netlink_put(&request, IPVS_SVC_ATTR_AF, &address_family, sizeof address_family);
  netlink_put(&request, IPVS_SVC_ATTR_FWMARK, &mark, sizeof mark);
  netlink_put(&request, IPVS_SVC_ATTR_SCHED_NAME, "rr", sizeof "rr");
  netlink_put(&request, IPVS_SVC_ATTR_FLAGS, &flags, sizeof flags);
  netlink_put(&request, IPVS_SVC_ATTR_TIMEOUT, &timeout, sizeof timeout);
  netlink_put(&request, IPVS_SVC_ATTR_NETMASK, &netmask, sizeof netmask);
  netlink_nest_end(&request, service);
  return netlink_talk(fd, &request, NULL, NULL);
}

/* Runs in a process and a network namespace of its own. */
static enum ipvs_state probe_here(void) {
  if (unshare(CLONE_NEWNET) < 0) return IPVS_FORBIDDEN;
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
  uint16_t family = fd >= 0 ? find_family(fd) : 0;
  if (family == 0) return IPVS_MISSING;
  if (create_service(fd, family) != 0) return IPVS_FORBIDDEN;
  /* libnetwork also writes this sysctl and matches what IPVS balanced with iptables; without either it gives up
   * half-way. */
  if (access("/proc/sys/net/ipv4/vs/conntrack", W_OK) < 0) return IPVS_INCOMPLETE;
  netns_init();
  const char *const match[] = {"iptables", "-w",   "5",      "-t", "nat",    "-A", "POSTROUTING",
                               "-m",       "ipvs", "--ipvs", "-j", "RETURN", NULL};
  return tool_run(netns_node(), match, NULL, NULL, NULL) == 0 ? IPVS_WORKS : IPVS_INCOMPLETE;
}

enum ipvs_state ipvs_probe(void) {
  pid_t child = fork();
  if (child == 0) {
    netns_forget();
    _exit(probe_here());
  }
  int status;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) <= IPVS_INCOMPLETE ? (enum ipvs_state)WEXITSTATUS(status)
                                                                                  : IPVS_FORBIDDEN;
}

const char *ipvs_describe(enum ipvs_state state) {
  switch (state) {
    case IPVS_WORKS: return "works here";
    case IPVS_MISSING: return "is not in this kernel";
    case IPVS_FORBIDDEN: return "may not be configured from this user namespace";
    case IPVS_INCOMPLETE: return "can be configured here, but xt_ipvs or its sysctls are missing";
  }
  return "is unknown";
}
