/*
 * dd-watch: tells which ports the nodes of a host listen on, one process for all of them.
 *
 *   stdin   add ID PID NETNS-INODE     begins to watch the namespace of that process
 *           del ID                     ends it
 *   stdout  {"id": ID, "sockets": [{"protocol", "port", "reach", "program"}, ...]}   at the beginning and at each change
 *           {"id": ID, "error": TEXT}  the node is not, or no longer, watched
 *
 * The end of stdin ends it. The kernel offers no event for "a socket listens now", so it looks five to ten times a second, the seldomer
 * the longer a round over all nodes takes; a look at one node is four netlink dumps of listening sockets only (0.1 ms).
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "node.h"

enum { MAX_NODES = 1024, MAX_LINE = 256 };
/* Time between rounds: within these bounds such that the rounds take a fiftieth of a processor. */
enum { LEAST_WAIT_US = 100000, LONGEST_WAIT_US = 200000, WAIT_FACTOR = 50 };

static struct node *nodes[MAX_NODES];
static size_t node_count;

static void remove_node(size_t at) {
  node_close(nodes[at]);
  nodes[at] = nodes[--node_count];
}

static void remove_by_id(const char *id) {
  for (size_t i = 0; i < node_count; i++)
    if (strcmp(nodes[i]->id, id) == 0) {
      remove_node(i);
      return;
    }
}

static void tell_error(const char *id, const char *what) {
  printf("{\"id\":\"%s\",\"error\":\"%s\"}\n", id, what);
}

static void look(size_t at) {
  if (node_look(nodes[at])) return;
  tell_error(nodes[at]->id, strerror(errno));
  remove_node(at);
}

static void add_node(const char *id, int pid, unsigned long long inode) {
  remove_by_id(id);
  struct node *node = node_count < MAX_NODES ? node_open(id, pid, inode) : NULL;
  if (!node) {
    tell_error(id, node_count < MAX_NODES ? strerror(errno) : "too many nodes");
    return;
  }
  nodes[node_count++] = node;
  look(node_count - 1);
}

/* The agent writes these lines; ids hold only letters, digits, '-' and '/', which JSON takes as they are. */
static void obey(const char *line) {
  char id[ID_SIZE];
  int pid;
  unsigned long long inode;
  if (sscanf(line, "add %79[a-z0-9/-] %d %llu", id, &pid, &inode) == 3) add_node(id, pid, inode);
  else if (sscanf(line, "del %79[a-z0-9/-]", id) == 1) remove_by_id(id);
  else fprintf(stderr, "dd-watch: not understood: %s\n", line);
}

/* Reads what is there; false at the end of stdin. */
static bool read_commands(void) {
  static char line[MAX_LINE];
  static size_t length;
  char buffer[4096];
  ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
  if (got <= 0) return got < 0 && errno == EINTR;
  for (ssize_t i = 0; i < got; i++) {
    if (buffer[i] != '\n') {
      if (length < sizeof line - 1) line[length++] = buffer[i];
      continue;
    }
    line[length] = '\0';
    length = 0;
    obey(line);
  }
  return true;
}

static long now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000L + now.tv_nsec / 1000L;
}

/* Looks at all nodes; returns when to do so again. */
static long round_of_looks(void) {
  long begin = now_us();
  for (size_t i = node_count; i-- > 0;) look(i);
  long end = now_us(), wait = (end - begin) * WAIT_FACTOR;
  return end + (wait < LEAST_WAIT_US ? LEAST_WAIT_US : wait > LONGEST_WAIT_US ? LONGEST_WAIT_US : wait);
}

int main(void) {
  static char output[1 << 16];
  setvbuf(stdout, output, _IOFBF, sizeof output);
  long next = 0;
  for (;;) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    long wait = next - now_us();
    if (poll(&input, 1, node_count == 0 ? -1 : wait < 0 ? 0 : (int)(wait / 1000 + 1)) < 0 && errno != EINTR) return 1;
    if (input.revents && !read_commands()) return 0;
    if (now_us() >= next) next = round_of_looks();
    /* A reader that is gone ends us by SIGPIPE or here. */
    if (fflush(stdout) != 0) return 1;
  }
}
