/* What waits in one network namespace and is no socket's any more: in queues before links, and for the rest of its
 * packet. */
#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "census.h"

/* Of a packet, besides its bytes: the kernel's own description of it, and what is left over of the memory. */
enum { PACKET_OVERHEAD = 768 };

/* Of attributes one after another the first of a type; NULL of none. */
static const struct rtattr *find_attribute(const struct rtattr *attribute, int left, unsigned short type) {
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
    if ((attribute->rta_type & NLA_TYPE_MASK) == type) return attribute;
  return NULL;
}

/* A queue at the root of a link knows what all below it hold. */
static uint64_t queue_bytes(const struct nlmsghdr *header) {
  const struct tcmsg *message = NLMSG_DATA(header);
  const struct rtattr *attribute = (const struct rtattr *)((const char *)message + NLMSG_ALIGN(sizeof(*message)));
  struct gnet_stats_queue queue;

  if (header->nlmsg_type != RTM_NEWQDISC || header->nlmsg_len < NLMSG_SPACE(sizeof(*message))) return 0;
  if (message->tcm_parent != TC_H_ROOT) return 0;
  attribute = find_attribute(attribute, (int)header->nlmsg_len - (int)NLMSG_SPACE(sizeof(*message)), TCA_STATS2);
  if (attribute != NULL) attribute = find_attribute(RTA_DATA(attribute), (int)RTA_PAYLOAD(attribute), TCA_STATS_QUEUE);
  if (attribute == NULL || RTA_PAYLOAD(attribute) < sizeof(queue)) return 0;
  memcpy(&queue, RTA_DATA(attribute), sizeof(queue));
  return queue.backlog + (uint64_t)queue.qlen * PACKET_OVERHEAD;
}

/* After `name`, as in "FRAG: inuse 0 memory 0". */
static uint64_t fragment_bytes(const char *path, const char *name) {
  FILE *file = fopen(path, "re");
  char line[256];
  uint64_t found = 0;

  if (file == NULL) return 0;
  while (fgets(line, sizeof(line), file) != NULL) {
    const char *memory = strncmp(line, name, strlen(name)) == 0 ? strstr(line, " memory ") : NULL;

    if (memory != NULL) found = strtoull(memory + strlen(" memory "), NULL, 10);
  }
  fclose(file);
  return found;
}

uint64_t count_waiting_bytes(void) {
  struct {
    struct nlmsghdr header;
    struct tcmsg queue;
  } request = {
      .header = {.nlmsg_len = sizeof(request), .nlmsg_type = RTM_GETQDISC, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
  };

  return sum_dump(NETLINK_ROUTE, &request, sizeof(request), queue_bytes) +
         fragment_bytes("/proc/self/net/sockstat", "FRAG:") + fragment_bytes("/proc/self/net/sockstat6", "FRAG6:");
}
