/* One watched node: its namespace's diagnostic socket and what was last told of it. */
#include "node.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

/* A sock_diag socket of the namespace; -1 with errno. The process leaves its own namespace only for the one call. */
static int open_diag(int pid, uint64_t inode) {
  char path[64];
  struct stat found;
  snprintf(path, sizeof path, "/proc/%d/ns/net", pid);
  int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  int target = open(path, O_RDONLY | O_CLOEXEC);
  int diag = -1;
  int error = 0;
  if (home < 0 || target < 0 || fstat(target, &found) != 0) error = errno;
  else if (found.st_ino != inode) error = ESTALE;
  else if (setns(target, CLONE_NEWNET) != 0) error = errno;
  else {
    diag = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (diag < 0) error = errno;
    if (setns(home, CLONE_NEWNET) != 0) abort();
  }
  if (home >= 0) close(home);
  if (target >= 0) close(target);
  errno = error;
  return diag;
}

struct node *node_open(const char *id, int pid, uint64_t netns_inode) {
  int diag = open_diag(pid, netns_inode);
  struct node *node = diag < 0 ? NULL : calloc(1, sizeof *node);
  if (!node) {
    if (diag >= 0) close(diag);
    return NULL;
  }
  /* The kernel answers at once; this only keeps a fault from stopping the watch of all nodes. */
  struct timeval patience = {.tv_sec = 2};
  setsockopt(diag, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  snprintf(node->id, sizeof node->id, "%s", id);
  node->diag = diag;
  node->netns_inode = netns_inode;
  return node;
}

void node_close(struct node *node) {
  close(node->diag);
  free(node);
}

static bool is_same_set(const struct listeners *a, const struct listeners *b) {
  if (a->count != b->count) return false;
  for (size_t i = 0; i < a->count; i++) {
    const struct listener *x = &a->items[i], *y = &b->items[i];
    if (x->protocol != y->protocol || x->port != y->port || x->reach != y->reach || x->inode != y->inode) return false;
  }
  return true;
}

static void keep_tcp(const struct listeners *known, struct listeners *found) {
  for (size_t i = 0; i < known->count; i++)
    if (known->items[i].protocol == IPPROTO_TCP) found->items[found->count++] = known->items[i];
}

static void keep_known_names(const struct listeners *known, struct listeners *found) {
  for (size_t i = 0; i < found->count; i++)
    for (size_t k = 0; k < known->count; k++)
      if (known->items[k].inode == found->items[i].inode)
        memcpy(found->items[i].program, known->items[k].program, PROGRAM_SIZE);
}

static void print(const struct node *node) {
  static const char *const REACH[] = {"any", "address", "loopback"};
  printf("{\"id\":\"%s\",\"sockets\":[", node->id);
  for (size_t i = 0; i < node->last.count; i++) {
    const struct listener *item = &node->last.items[i];
    printf("%s{\"protocol\":\"%s\",\"port\":%u,\"reach\":\"%s\",\"program\":\"%s\"}", i ? "," : "",
           item->protocol == IPPROTO_TCP ? "tcp" : "udp", item->port, REACH[item->reach], item->program);
  }
  printf("]}\n");
}

bool node_look(struct node *node, enum look what) {
  static struct listeners found;
  bool all = what == LOOK_ALL || !node->told;
  found.count = 0;
  if (!all) keep_tcp(&node->last, &found);
  if ((all && !list_listeners(node->diag, IPPROTO_TCP, &found)) || !list_listeners(node->diag, IPPROTO_UDP, &found))
    return false;
  if (node->told && is_same_set(&node->last, &found)) return true;
  keep_known_names(&node->last, &found);
  name_programs(node->netns_inode, &found);
  node->last = found;
  node->told = true;
  print(node);
  return true;
}
