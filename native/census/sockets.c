/* Memory of sockets that no group may be charged for, in one network namespace. */
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/packet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "census.h"

/* Far more than a node has descriptors for (sockets of one list). */
enum { MOST_SOCKETS = 4000000 };
/* A line of the kernel's lists is some 150 characters. */
enum { MOST_LINE = 512 };

static uint64_t ring_bytes(const struct nlmsghdr *header) {
  const struct packet_diag_msg *message = NLMSG_DATA(header);
  const struct rtattr *attribute = (const struct rtattr *)((const char *)message + NLMSG_ALIGN(sizeof(*message)));
  int left = (int)header->nlmsg_len - (int)NLMSG_SPACE(sizeof(*message));
  uint64_t found = 0;

  if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY) return 0;
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
    struct packet_diag_ring ring;

    if (attribute->rta_type != PACKET_DIAG_RX_RING && attribute->rta_type != PACKET_DIAG_TX_RING) continue;
    if (RTA_PAYLOAD(attribute) < sizeof(ring)) continue;
    memcpy(&ring, RTA_DATA(attribute), sizeof(ring));
    found += (uint64_t)ring.pdr_block_size * ring.pdr_block_nr;
  }
  return found;
}

/* Of a kernel without packet_diag (CONFIG_PACKET_DIAG) nothing is told. */
static uint64_t count_rings(void) {
  struct {
    struct nlmsghdr header;
    struct packet_diag_req packet;
  } request = {
      .header = {.nlmsg_len = sizeof(request),
                 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
      .packet = {.sdiag_family = AF_PACKET, .pdiag_show = PACKET_SHOW_RING_CFG},
  };

  return sum_dump(NETLINK_SOCK_DIAG, &request, sizeof(request), ring_bytes);
}

/* What has come, what waits to be sent (of a stream, or else of what is on its way), and what the socket keeps for
 * more. */
static uint64_t buffer_bytes(const struct nlmsghdr *header) {
  const struct inet_diag_msg *message = NLMSG_DATA(header);
  const struct rtattr *attribute = (const struct rtattr *)((const char *)message + NLMSG_ALIGN(sizeof(*message)));
  int left = (int)header->nlmsg_len - (int)NLMSG_SPACE(sizeof(*message));

  if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY) return 0;
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
    uint32_t memory[SK_MEMINFO_BACKLOG + 1], queued;

    if (attribute->rta_type != INET_DIAG_SKMEMINFO || RTA_PAYLOAD(attribute) < sizeof(memory)) continue;
    memcpy(memory, RTA_DATA(attribute), sizeof(memory));
    queued = memory[SK_MEMINFO_WMEM_QUEUED];
    if (queued == 0) queued = memory[SK_MEMINFO_WMEM_ALLOC];
    return (uint64_t)memory[SK_MEMINFO_RMEM_ALLOC] + queued + memory[SK_MEMINFO_FWD_ALLOC] + memory[SK_MEMINFO_BACKLOG];
  }
  return 0;
}

uint64_t count_transport_bytes(void) {
  static const struct {
    unsigned char family, protocol;
  } LISTS[] = {{AF_INET, IPPROTO_TCP}, {AF_INET6, IPPROTO_TCP}, {AF_INET, IPPROTO_UDP}, {AF_INET6, IPPROTO_UDP}};
  uint64_t found = 0;
  size_t i;

  for (i = 0; i < sizeof(LISTS) / sizeof(*LISTS); i++) {
    struct {
      struct nlmsghdr header;
      struct inet_diag_req_v2 socket;
    } request = {
        .header = {.nlmsg_len = sizeof(request),
                   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .socket = {.sdiag_family = LISTS[i].family,
                   .sdiag_protocol = LISTS[i].protocol,
                   .idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1),
                   .idiag_states = ~0U},
    };

    found += sum_dump(NETLINK_SOCK_DIAG, &request, sizeof(request), buffer_bytes);
  }
  return found;
}

/* A list of the kernel's with the number of bytes that wait in each socket. */
struct queue_list {
  const char *path;
  unsigned column, count; /* the first of the numbers, from 0, and how many there are */
  int base;
};

/* Of one line. */
static uint64_t sum_columns(char *line, const struct queue_list *list) {
  char *rest = NULL, *word;
  uint64_t found = 0;
  unsigned column = 0;

  for (word = strtok_r(line, " :\n", &rest); word != NULL; word = strtok_r(NULL, " :\n", &rest), column++)
    if (column >= list->column && column < list->column + list->count) found += strtoull(word, NULL, list->base);
  return found;
}

/* Of the namespace that the caller is in. */
static uint64_t sum_queues(const struct queue_list *list) {
  FILE *file = fopen(list->path, "re");
  char line[MOST_LINE];
  uint64_t found = 0;
  size_t sockets = 0;

  if (file == NULL) return 0;
  /* The first line names the columns. */
  if (fgets(line, sizeof(line), file) != NULL)
    while (sockets++ < MOST_SOCKETS && fgets(line, sizeof(line), file) != NULL) found += sum_columns(line, list);
  fclose(file);
  return found;
}

uint64_t count_socket_bytes(void) {
  static const struct queue_list LISTS[] = {
      {"/proc/self/net/netlink", 4, 2, 10}, {"/proc/self/net/packet", 6, 1, 10}, {"/proc/self/net/raw", 6, 2, 16},
      {"/proc/self/net/raw6", 6, 2, 16},    {"/proc/self/net/icmp", 6, 2, 16},   {"/proc/self/net/icmp6", 6, 2, 16},
  };
  uint64_t found = count_rings();
  size_t i;

  for (i = 0; i < sizeof(LISTS) / sizeof(*LISTS); i++) found += sum_queues(&LISTS[i]);
  return found;
}
