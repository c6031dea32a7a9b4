/* Forgetting single tracked flows whose destination is no longer right; every other flow of the namespace is left
 * alone. */
#include "conntrack.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "netlink.h"

/* Flows forgotten in one go; more than that are left to their timeouts. */
#define FORGET_LIMIT 4096

struct tuple {
  ipv4 source, destination;
  uint8_t protocol;
  uint16_t source_port, destination_port;
};

struct search {
  const struct flow_match *matches;
  size_t match_count;
  const struct address_list *local;
  struct tuple *found;
  size_t found_count;
};

static uint16_t port_of(const struct nlattr *attribute) {
  uint16_t port = 0;
  if (attribute && netlink_length(attribute) == sizeof port) memcpy(&port, netlink_data(attribute), sizeof port);
  return ntohs(port);
}

static ipv4 address_of(const struct nlattr *attribute) {
  uint32_t address = 0;
  if (attribute && netlink_length(attribute) == sizeof address)
    memcpy(&address, netlink_data(attribute), sizeof address);
  return ntohl(address);
}

static struct tuple read_tuple(const struct nlattr *nest) {
  struct tuple tuple = {0};
  const struct nlattr *parts[CTA_TUPLE_MAX + 1], *ip[CTA_IP_MAX + 1], *proto[CTA_PROTO_MAX + 1];
  netlink_nested(nest, parts, CTA_TUPLE_MAX);
  if (!parts[CTA_TUPLE_IP] || !parts[CTA_TUPLE_PROTO]) return tuple;
  netlink_nested(parts[CTA_TUPLE_IP], ip, CTA_IP_MAX);
  netlink_nested(parts[CTA_TUPLE_PROTO], proto, CTA_PROTO_MAX);
  tuple.source = address_of(ip[CTA_IP_V4_SRC]);
  tuple.destination = address_of(ip[CTA_IP_V4_DST]);
  if (proto[CTA_PROTO_NUM]) tuple.protocol = *(const uint8_t *)netlink_data(proto[CTA_PROTO_NUM]);
  tuple.source_port = port_of(proto[CTA_PROTO_SRC_PORT]);
  tuple.destination_port = port_of(proto[CTA_PROTO_DST_PORT]);
  return tuple;
}

static bool is_local(const struct search *search, ipv4 address) {
  if (address >> 24 == 127) return true;
  for (size_t i = 0; i < search->local->count; i++) {
    if (search->local->items[i].address == address) return true;
  }
  return false;
}

static bool matches_any(const struct search *search, const struct tuple *sent, const struct tuple *answer,
                        bool redirected) {
  for (size_t i = 0; i < search->match_count; i++) {
    const struct flow_match *match = &search->matches[i];
    if (match->destination && match->destination != sent->destination) continue;
    if (match->protocol && match->protocol != sent->protocol) continue;
    if (match->port && match->port != sent->destination_port) continue;
    if (match->backend && redirected && match->backend == answer->source) return true;
    if (!match->backend && !redirected && is_local(search, sent->destination)) return true;
  }
  return false;
}

static void consider(const struct nlmsghdr *message, void *context) {
  struct search *search = context;
  const struct nlattr *table[CTA_MAX + 1];
  netlink_attributes(message, sizeof(struct nfgenmsg), table, CTA_MAX);
  if (!table[CTA_TUPLE_ORIG] || !table[CTA_TUPLE_REPLY] || !table[CTA_STATUS] || search->found_count >= FORGET_LIMIT)
    return;
  uint32_t status;
  memcpy(&status, netlink_data(table[CTA_STATUS]), sizeof status);
  status = ntohl(status);
  struct tuple sent = read_tuple(table[CTA_TUPLE_ORIG]), answer = read_tuple(table[CTA_TUPLE_REPLY]);
  if (sent.protocol != IPPROTO_UDP && (status & IPS_SEEN_REPLY)) return;
  if (matches_any(search, &sent, &answer, status & IPS_DST_NAT)) search->found[search->found_count++] = sent;
}

static int forget(int netfilter, const struct tuple *tuple) {
  struct netlink_request request;
  struct nfgenmsg header = {.nfgen_family = AF_INET, .version = NFNETLINK_V0};
  netlink_begin(&request, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE, 0, &header, sizeof header);
  struct nlattr *orig = netlink_nest(&request, CTA_TUPLE_ORIG), *ip = netlink_nest(&request, CTA_TUPLE_IP);
  uint32_t source = htonl(tuple->source), destination = htonl(tuple->destination);
  netlink_put(&request, CTA_IP_V4_SRC, &source, sizeof source);
  netlink_put(&request, CTA_IP_V4_DST, &destination, sizeof destination);
  netlink_nest_end(&request, ip);
  struct nlattr *proto = netlink_nest(&request, CTA_TUPLE_PROTO);
  uint16_t source_port = htons(tuple->source_port), destination_port = htons(tuple->destination_port);
  netlink_put(&request, CTA_PROTO_NUM, &tuple->protocol, sizeof tuple->protocol);
  netlink_put(&request, CTA_PROTO_SRC_PORT, &source_port, sizeof source_port);
  netlink_put(&request, CTA_PROTO_DST_PORT, &destination_port, sizeof destination_port);
  netlink_nest_end(&request, proto);
  netlink_nest_end(&request, orig);
  return netlink_talk(netfilter, &request, NULL, NULL);
}

int conntrack_forget(int netfilter, const struct flow_match *matches, size_t count, const struct address_list *local) {
  if (count == 0) return 0;
  struct search search = {matches, count, local, calloc(FORGET_LIMIT, sizeof(struct tuple)), 0};
  if (!search.found) return -1;
  struct netlink_request request;
  struct nfgenmsg header = {.nfgen_family = AF_INET, .version = NFNETLINK_V0};
  netlink_begin(&request, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET, NLM_F_DUMP, &header, sizeof header);
  int forgotten = netlink_talk(netfilter, &request, consider, &search) == 0 ? 0 : -1;
  for (size_t i = 0; i < search.found_count && forgotten >= 0; i++)
    forgotten += forget(netfilter, &search.found[i]) == 0;
  free(search.found);
  return forgotten;
}
