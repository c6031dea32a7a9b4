/* Asks the kernel for listening sockets (sock_diag, inet_diag). */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sockets.h"

/* First port that the kernel hands out to clients: an unconnected UDP socket above it is a client's. */
enum { FIRST_EPHEMERAL = 32768 };

static enum reach reach_of(const struct inet_diag_msg *socket) {
  const uint32_t *source = socket->id.idiag_src;
  if (socket->idiag_family == AF_INET) {
    if (source[0] == 0) return REACH_ANY;
    return (ntohl(source[0]) >> 24) == 127 ? REACH_LOOPBACK : REACH_ADDRESS;
  }
  if (IN6_IS_ADDR_UNSPECIFIED((const struct in6_addr *)source)) return REACH_ANY;
  return IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)source) ? REACH_LOOPBACK : REACH_ADDRESS;
}

static void add(struct listeners *found, const struct inet_diag_msg *socket, uint8_t protocol) {
  uint16_t port = ntohs(socket->id.idiag_sport);
  if (port == 0 || found->count == MAX_SOCKETS) return;
  if (protocol == IPPROTO_UDP && (socket->id.idiag_dport != 0 || port >= FIRST_EPHEMERAL)) return;
  found->items[found->count++] = (struct listener){
      .protocol = protocol, .reach = (uint8_t)reach_of(socket), .port = port, .inode = socket->idiag_inode};
}

static bool ask(int diag, uint8_t family, uint8_t protocol) {
  struct {
    struct nlmsghdr header;
    struct inet_diag_req_v2 request;
  } message = {
      .header = {.nlmsg_len = sizeof message,
                 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
      /* An unconnected UDP socket is in the state that TCP calls closed. */
      .request = {.sdiag_family = family,
                  .sdiag_protocol = protocol,
                  .idiag_states = 1u << (protocol == IPPROTO_TCP ? TCP_LISTEN : TCP_CLOSE)},
  };
  return send(diag, &message, sizeof message, 0) == (ssize_t)sizeof message;
}

/* Reads one dump to its end. A family that the kernel lacks ends it with an error, which is no failure of ours. */
static bool read_dump(int diag, struct listeners *found, uint8_t protocol) {
  static _Alignas(struct nlmsghdr) char buffer[32768];
  for (;;) {
    ssize_t length = recv(diag, buffer, sizeof buffer, 0);
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return false;
    int left = (int)length;
    for (struct nlmsghdr *header = (struct nlmsghdr *)buffer; NLMSG_OK(header, left);
         header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) return true;
      if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY && header->nlmsg_len >= NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
        add(found, NLMSG_DATA(header), protocol);
    }
  }
}

static int compare(const void *left, const void *right) {
  const struct listener *a = left, *b = right;
  if (a->protocol != b->protocol) return a->protocol < b->protocol ? -1 : 1;
  if (a->port != b->port) return a->port < b->port ? -1 : 1;
  if (a->reach != b->reach) return a->reach < b->reach ? -1 : 1;
  return a->inode == b->inode ? 0 : a->inode < b->inode ? -1 : 1;
}

/* Keeps the first, widest one of each port. */
static void merge(struct listeners *found) {
  size_t kept = 0;
  qsort(found->items, found->count, sizeof *found->items, compare);
  for (size_t i = 0; i < found->count; i++) {
    const struct listener *item = &found->items[i], *last = kept > 0 ? &found->items[kept - 1] : NULL;
    if (last && last->protocol == item->protocol && last->port == item->port) continue;
    found->items[kept++] = *item;
  }
  found->count = kept;
}

bool list_listeners(int diag, uint8_t protocol, struct listeners *found) {
  static const uint8_t FAMILIES[] = {AF_INET, AF_INET6};
  for (size_t f = 0; f < sizeof FAMILIES; f++)
    if (!ask(diag, FAMILIES[f], protocol) || !read_dump(diag, found, protocol)) return false;
  merge(found);
  return true;
}
