/* IPv4 addresses and the default route of a network namespace, over rtnetlink. */
#pragma once
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "../base/ipv4.h"

/* Addresses of one namespace that are looked at: as many VIPs as the network could have. */
#define ADDRESS_LIMIT 4096

struct address {
  ipv4 address;
  unsigned prefix;
  int interface;
};

struct address_list {
  struct address items[ADDRESS_LIMIT];
  size_t count;
};

/* All the following take a NETLINK_ROUTE socket that lives in the namespace, and return 0 or an errno. */

int addresses_list(int rtnl, struct address_list *list);
/* Adds or removes `address`/32 on the interface. EEXIST and EADDRNOTAVAIL mean that it was so already. */
int addresses_add(int rtnl, int interface, ipv4 address);
int addresses_remove(int rtnl, int interface, ipv4 address);
/* The gateway of the default route and its interface; both 0 when there is none. */
int addresses_gateway(int rtnl, ipv4 *gateway, int *interface);
/* The name of an interface, by index. */
int addresses_interface_name(int rtnl, int interface, char name[IF_NAMESIZE]);
