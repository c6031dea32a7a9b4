/* The node's own namespace: hands the published ports of its addresses to the ingress sandbox. */
#include "node.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "forward.h"
#include "holder.h"
#include "../rules/kernel.h"
#include "../base/log.h"
#include "../net/netns.h"

/*
 * A daemon that restarts makes its ingress sandbox anew within a second or two, mostly with the old address. One that
 * takes longer may never be done: clients are then refused instead of left waiting for an address where nobody is.
 */
#define SETUP_PATIENCE_MS 3000

bool node_open(struct node *node) {
  struct table *table = &node->table;
  table->label = "node";
  table->netns = netns_node();
  table->netfilter = netns_netlink(table->netns, NETLINK_NETFILTER);
  table->route = netns_netlink(table->netns, NETLINK_ROUTE);
  return table->netfilter >= 0 && table->route >= 0;
}

void node_close(struct node *node) {
  table_free(&node->table);
  close(node->table.netfilter);
  close(node->table.route);
}

/* The node's end of the bridge that the sandbox's default route leads to. */
static bool find_bridge(const struct node *node, ipv4 outside, struct ruleset_base *base) {
  static struct address_list addresses;
  if (addresses_list(node->table.route, &addresses) != 0) return false;
  for (size_t i = 0; i < addresses.count; i++) {
    const struct address *address = &addresses.items[i];
    if (address->address != outside) continue;
    base->bridge_prefix = address->prefix;
    base->bridge_network = ipv4_network(outside, address->prefix);
    return addresses_interface_name(node->table.route, address->interface, base->bridge) == 0;
  }
  return false;
}

static void set_route_localnet(const struct node *node, const char *bridge, const char *value) {
  char path[64];
  snprintf(path, sizeof path, "ipv4/conf/%s/route_localnet", bridge);
  if (!netns_sysctl(node->table.netns, path, value) && *value == '1') {
    log_line("node: cannot set %s, so published ports will not answer on localhost: %s", path, strerror(errno));
  }
}

/* Every published port of the sandbox, with the sandbox itself as the backend. */
static bool redirect_ports(const struct sandbox *ingress, struct program *program) {
  const struct program *from = &ingress->table.program;
  bool good = true;
  for (size_t i = 0; i < from->count && good; i++) {
    if (from->frontends[i].vip) continue;
    struct frontend *frontend = program_frontend(program, 0, from->frontends[i].protocol, from->frontends[i].port);
    good = frontend && frontend_add_backend(frontend, ingress->inside);
    if (good) memcpy(frontend->service, from->frontends[i].service, sizeof frontend->service);
  }
  program_finish(program);
  return good;
}

/* An earlier run may have left a table that this one has not seen: looked for once. */
static bool has_leftovers(struct node *node) {
  uint64_t base_id;
  struct program found = {0};
  bool there = !node->swept && kernel_read(node->table.netns, &base_id, &found);
  node->swept = true;
  program_free(&found);
  return there;
}

bool node_converge(struct node *node, const struct sandbox *ingress, long long now_ms) {
  struct ruleset_base base = {.node = true};
  struct program program = {0};
  if (!ingress || (!ingress->table.known && now_ms - ingress->since > SETUP_PATIENCE_MS)) {
    node_clear(node);
    return true;
  }
  if (!ingress->table.known) return true; /* it is not set up yet, and the node is told after each look at it */
  bool ports = false;
  for (size_t i = 0; i < ingress->table.program.count; i++) ports = ports || !ingress->table.program.frontends[i].vip;
  /*
   * The first published port makes the table. It then stays for as long as the node has an ingress sandbox, empty
   * perhaps: were it the last to translate addresses in the namespace, the kernel would stop doing so for established
   * connections too.
   */
  if (!ports && !node->table.known && !has_leftovers(node)) return true;
  if (!find_bridge(node, ingress->outside, &base)) return false;
  bool good = redirect_ports(ingress, &program);
  set_route_localnet(node, base.bridge, "1");
  if (!node->forwarding || node->inside != ingress->inside) {
    node->forwarding = forward_allowed(node->table.netns, ingress->inside, base.bridge) ||
                       forward_allow(node->table.netns, ingress->inside, base.bridge);
    node->inside = ingress->inside;
  }
  if (!good) program_free(&program);
  good = good && table_converge(&node->table, &base, &program, now_ms);
  /* Last: until the kernel redirects a port, nothing may seem to listen there. */
  if (good && node->hold_ports) holder_converge(&node->table.program);
  return good && node->forwarding;
}

bool node_intact(struct node *node) {
  struct table *table = &node->table;
  uint32_t before = table->generation;
  bool intact = table_intact(table);
  /* iptables' rules are of the same kernel tables: while the number stands still they are untouched too. */
  if (node->inside && (!intact || table->generation != before)) {
    bool forwarding = forward_allowed(table->netns, node->inside, table->base.bridge);
    if (node->forwarding && !forwarding)
      log_line("node: somebody else changed the chain " FORWARD_CHAIN ", writing it again");
    node->forwarding = forwarding;
  }
  return intact && (node->forwarding || !node->inside);
}

void node_clear(struct node *node) {
  holder_converge(NULL);
  if (!node->table.known && !node->inside && !has_leftovers(node)) return;
  if (node->table.known) set_route_localnet(node, node->table.base.bridge, "0");
  table_remove(&node->table);
  forward_remove(node->table.netns);
  node->forwarding = false;
  node->inside = 0;
}
