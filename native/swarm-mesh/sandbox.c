/* One load-balancing sandbox of docker: `ingress_sbox`, or the `lb_*` namespace of an overlay network. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../common/cleanup.h"
#include "base/log.h"
#include "net/netns.h"

/* A descriptor of the namespace itself instead of docker's mount of it, which could not be unmounted while it is open.
 */
static bool detach(int *netns) {
  if (!netns_enter(*netns)) return false;
  int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  netns_return();
  if (fd < 0) return false;
  close(*netns);
  *netns = fd;
  return true;
}

bool sandbox_open(struct sandbox *sandbox, const char *directory, const char *name) {
  *sandbox = (struct sandbox){.watch = -1, .table = {.netns = -1, .netfilter = -1, .route = -1}};
  CLOSED_AT_END int netns = -1, netfilter = -1, route = -1;
  snprintf(sandbox->name, sizeof sandbox->name, "%s", name);
  sandbox->ingress = strcmp(name, "ingress_sbox") == 0;
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  netns = open(path, O_RDONLY | O_CLOEXEC);
  struct stat status;
  struct statfs filesystem;
  if (netns < 0 || fstat(netns, &status) < 0 || fstatfs(netns, &filesystem) < 0) return false;
  /* Before docker mounts the namespace there, it is an empty file. */
  if (filesystem.f_type != NSFS_MAGIC || !detach(&netns)) return false;
  netfilter = netns_netlink(netns, NETLINK_NETFILTER);
  route = netns_netlink(netns, NETLINK_ROUTE);
  if (netfilter < 0 || route < 0) return false;
  sandbox->inode = status.st_ino;
  sandbox->table.netns = take_fd(&netns);
  sandbox->table.netfilter = take_fd(&netfilter);
  sandbox->table.route = take_fd(&route);
  return true;
}

void sandbox_close(struct sandbox *sandbox) {
  struct table *table = &sandbox->table;
  table_free(table);
  if (table->netfilter >= 0) close(table->netfilter);
  if (table->route >= 0) close(table->route);
  if (table->netns >= 0) close(table->netns);
  table->netns = table->netfilter = table->route = -1;
}

/* The overlay's interface is the one that does not lead to the node, which has the default route if there is one. */
static bool locate(struct sandbox *sandbox, const struct address_list *addresses) {
  ipv4 gateway;
  int exit;
  if (addresses_gateway(sandbox->table.route, &gateway, &exit) != 0) return false;
  sandbox->source = sandbox->inside = 0;
  for (size_t i = 0; i < addresses->count; i++) {
    const struct address *address = &addresses->items[i];
    if (address->prefix == 32 || address->address >> 24 == 127) continue;
    if (address->interface == exit && !sandbox->inside) sandbox->inside = address->address;
    if (address->interface == exit || sandbox->source) continue;
    sandbox->source = address->address;
    sandbox->interface = address->interface;
  }
  sandbox->outside = gateway;
  return sandbox->source && (!sandbox->ingress || sandbox->inside);
}

/* The packets for a task are forwarded, out of the interface that they came in by: that is no mistake to tell the
 * client of. */
static bool prepare(const struct sandbox *sandbox) {
  bool good = netns_sysctl(sandbox->table.netns, "ipv4/ip_forward", "1");
  if (!good) log_line("%s: cannot set ip_forward: %s", sandbox->name, strerror(errno));
  netns_sysctl(sandbox->table.netns, "ipv4/conf/all/send_redirects", "0");
  char name[IF_NAMESIZE], path[64];
  if (addresses_interface_name(sandbox->table.route, sandbox->interface, name) == 0) {
    snprintf(path, sizeof path, "ipv4/conf/%s/send_redirects", name);
    netns_sysctl(sandbox->table.netns, path, "0");
  }
  return good;
}

static bool wants(const struct record_list *records, ipv4 vip) {
  for (size_t i = 0; i < records->count; i++) {
    if (records->items[i].vip == vip) return true;
  }
  return false;
}

static bool has(const struct address_list *addresses, ipv4 address) {
  for (size_t i = 0; i < addresses->count; i++) {
    if (addresses->items[i].address == address) return true;
  }
  return false;
}

/*
 * A sandbox answers ARP for its VIPs, so it has them as addresses, as with docker's own load balancer; and nothing else
 * is there with a prefix of 32 bits. A VIP whose tasks are all about to stop stays: its clients are refused at once
 * instead of waiting for an ARP answer.
 */
static bool converge_addresses(const struct sandbox *sandbox, struct address_list *now,
                               const struct record_list *records) {
  bool good = true;
  int route = sandbox->table.route;
  for (size_t i = 0; i < now->count; i++) {
    const struct address *address = &now->items[i];
    if (address->prefix != 32 || address->interface != sandbox->interface || wants(records, address->address)) continue;
    int error = addresses_remove(route, sandbox->interface, address->address);
    good = good && (error == 0 || error == EADDRNOTAVAIL);
  }
  for (size_t i = 0; i < records->count; i++) {
    ipv4 vip = records->items[i].vip;
    if (!vip || has(now, vip)) continue;
    int error = addresses_add(route, sandbox->interface, vip);
    good = good && (error == 0 || error == EEXIST);
    if (now->count < ADDRESS_LIMIT) now->items[now->count++] = (struct address){vip, 32, sandbox->interface};
  }
  return good;
}

bool sandbox_converge(struct sandbox *sandbox, const struct record_list *records, long long now_ms) {
  static struct address_list addresses;
  if (addresses_list(sandbox->table.route, &addresses) != 0 || !locate(sandbox, &addresses) || !prepare(sandbox))
    return false;
  sandbox->table.label = sandbox->resolved ? sandbox->network.name : sandbox->name;
  struct ruleset_base base = {.source = sandbox->source};
  struct program program = {0};
  if (!program_from_records(&program, records, sandbox->ingress)) {
    program_free(&program);
    return false;
  }
  bool good = table_converge(&sandbox->table, &base, &program, now_ms);
  return converge_addresses(sandbox, &addresses, records) && good;
}

void sandbox_clear(struct sandbox *sandbox) {
  static struct address_list addresses;
  static const struct record_list nothing;
  table_remove(&sandbox->table);
  if (addresses_list(sandbox->table.route, &addresses) == 0 && locate(sandbox, &addresses)) {
    converge_addresses(sandbox, &addresses, &nothing);
  }
}
