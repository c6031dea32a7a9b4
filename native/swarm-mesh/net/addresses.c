/* IPv4 addresses and the default route of a network namespace, over rtnetlink. */
#include "addresses.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "netlink.h"

static ipv4 attribute_address(const struct nlattr *attribute) {
  uint32_t address = 0;
  if (attribute && netlink_length(attribute) == sizeof address)
    memcpy(&address, netlink_data(attribute), sizeof address);
  return ntohl(address);
}

static void take_address(const struct nlmsghdr *message, void *context) {
  struct address_list *list = context;
  if (message->nlmsg_type != RTM_NEWADDR || list->count >= ADDRESS_LIMIT) return;
  const struct ifaddrmsg *header = NLMSG_DATA(message);
  const struct nlattr *table[IFA_MAX + 1];
  netlink_attributes(message, sizeof *header, table, IFA_MAX);
  ipv4 address = attribute_address(table[IFA_LOCAL] ? table[IFA_LOCAL] : table[IFA_ADDRESS]);
  if (address) list->items[list->count++] = (struct address){address, header->ifa_prefixlen, (int)header->ifa_index};
}

int addresses_list(int rtnl, struct address_list *list) {
  list->count = 0;
  struct netlink_request request;
  struct ifaddrmsg header = {.ifa_family = AF_INET};
  netlink_begin(&request, RTM_GETADDR, NLM_F_DUMP, &header, sizeof header);
  return netlink_talk(rtnl, &request, take_address, list);
}

static int change(int rtnl, uint16_t type, uint16_t flags, int interface, ipv4 address) {
  struct netlink_request request;
  struct ifaddrmsg header = {.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = (unsigned)interface};
  uint32_t wire = htonl(address);
  netlink_begin(&request, type, flags, &header, sizeof header);
  netlink_put(&request, IFA_LOCAL, &wire, sizeof wire);
  netlink_put(&request, IFA_ADDRESS, &wire, sizeof wire);
  return netlink_talk(rtnl, &request, NULL, NULL);
}

int addresses_add(int rtnl, int interface, ipv4 address) {
  return change(rtnl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, interface, address);
}

int addresses_remove(int rtnl, int interface, ipv4 address) { return change(rtnl, RTM_DELADDR, 0, interface, address); }

struct route {
  ipv4 gateway;
  int interface;
};

static void take_default_route(const struct nlmsghdr *message, void *context) {
  struct route *route = context;
  const struct rtmsg *header = NLMSG_DATA(message);
  if (message->nlmsg_type != RTM_NEWROUTE || header->rtm_dst_len != 0 || header->rtm_table != RT_TABLE_MAIN) return;
  const struct nlattr *table[RTA_MAX + 1];
  netlink_attributes(message, sizeof *header, table, RTA_MAX);
  if (!table[RTA_GATEWAY] || !table[RTA_OIF] || route->gateway) return;
  route->gateway = attribute_address(table[RTA_GATEWAY]);
  memcpy(&route->interface, netlink_data(table[RTA_OIF]), sizeof route->interface);
}

int addresses_gateway(int rtnl, ipv4 *gateway, int *interface) {
  struct netlink_request request;
  struct rtmsg header = {.rtm_family = AF_INET};
  struct route route = {0};
  netlink_begin(&request, RTM_GETROUTE, NLM_F_DUMP, &header, sizeof header);
  int error = netlink_talk(rtnl, &request, take_default_route, &route);
  *gateway = route.gateway;
  *interface = route.interface;
  return error;
}

static void take_name(const struct nlmsghdr *message, void *context) {
  const struct nlattr *table[IFLA_IFNAME + 1];
  if (message->nlmsg_type != RTM_NEWLINK) return;
  netlink_attributes(message, sizeof(struct ifinfomsg), table, IFLA_IFNAME);
  if (!table[IFLA_IFNAME]) return;
  size_t length = netlink_length(table[IFLA_IFNAME]);
  memcpy(context, netlink_data(table[IFLA_IFNAME]), length < IF_NAMESIZE ? length : IF_NAMESIZE - 1);
}

int addresses_interface_name(int rtnl, int interface, char name[IF_NAMESIZE]) {
  struct netlink_request request;
  struct ifinfomsg header = {.ifi_family = AF_UNSPEC, .ifi_index = interface};
  memset(name, 0, IF_NAMESIZE);
  netlink_begin(&request, RTM_GETLINK, 0, &header, sizeof header);
  int error = netlink_talk(rtnl, &request, take_name, name);
  return error || name[0] ? error : ENODEV;
}
