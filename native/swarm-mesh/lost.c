/* Machines that are known to be gone before docker's gossip has noticed, which takes it seconds. */
#include "lost.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

/* docker notices within some 6 s (memberlist's probe and suspicion), on a starved machine later. */
#define LOST_MS 60000

static void note(struct lost *lost, const char *host, long long until) {
  for (size_t i = 0; i < LOST_LIMIT; i++) {
    if (strcmp(lost->items[i].host, host) != 0) continue;
    lost->items[i].until = until;
    return;
  }
  snprintf(lost->items[lost->next].host, HOST_SIZE, "%.*s", HOST_SIZE - 1, host);
  lost->items[lost->next].until = until;
  lost->next = (lost->next + 1) % LOST_LIMIT;
}

void lost_add(struct lost *lost, const struct docker *docker, ipv4 address, long long now) {
  static char ids[LOST_LIMIT / 2][HOST_SIZE];
  struct ipv4_text text = ipv4_format(address);
  int count = docker_list_peers(docker, text.text, ids, LOST_LIMIT / 2);
  log_line("%s is said to be gone: nothing new to its tasks", text.text);
  note(lost, text.text, now + LOST_MS);
  for (int i = 0; i < count; i++) note(lost, ids[i], now + LOST_MS);
}

void lost_apply(const struct lost *lost, struct record_list *records, long long now) {
  for (size_t i = 0; i < LOST_LIMIT; i++) {
    if (lost->items[i].until <= now) continue;
    for (size_t k = 0; k < records->count; k++) {
      if (strcmp(records->items[k].host, lost->items[i].host) == 0) records->items[k].disabled = true;
    }
  }
}

long long lost_expires(const struct lost *lost, long long now) {
  long long first = 0;
  for (size_t i = 0; i < LOST_LIMIT; i++) {
    long long until = lost->items[i].until;
    if (until > now && (first == 0 || until < first)) first = until;
  }
  return first;
}
