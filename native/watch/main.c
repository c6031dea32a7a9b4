/*
 * dd-watch [--blind]: tells which ports the nodes of a host listen on, one process for all of them. --blind: as on a
 * kernel without news.
 *
 *   stdin   add ID PID NETNS-INODE     begins to watch the namespace of that process
 *           del ID                     ends it
 *   stdout  {"id": ID, "sockets": [{"protocol", "port", "reach", "program"}, ...]}   at the beginning, at each change
 *           {"id": ID, "error": TEXT}  the node is not, or no longer, watched
 *
 * The end of stdin ends it. The kernel tells when a TCP socket begins or ends to listen (events.c), and all nodes are
 * looked at then, once for all news that come together. It tells nothing of UDP, and some kernels nothing at all: those
 * are looked for a few times a second, the seldomer the longer a round over all nodes takes. A look at one node is two
 * netlink dumps for TCP, listening sockets only, and two for UDP.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../common/lines.h"
#include "events.h"
#include "node.h"

enum { MAX_NODES = 1024, MAX_LINE = 256 };
/* Time between rounds: within these bounds such that the rounds take a fiftieth of a processor. */
enum { WAIT_FACTOR = 50, LONGEST_WAIT_US = 200000 };
/* Without news of the kernel; with them, between two looks for TCP; and for UDP, of which there are none. */
enum { LEAST_BLIND_US = 100000, LEAST_NEWS_US = 50000, LEAST_UDP_US = 200000, LONGEST_UDP_US = 400000 };
/* The news come a moment before the socket is to be seen; a second look tells what the first may have missed by it. */
enum { SETTLE_US = 3000, SECOND_LOOK_US = 100000 };
/* All is looked at that often whatever the news say. */
enum { SWEEP_US = 5000000 };

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

static void tell_error(const char *id, const char *what) { printf("{\"id\":\"%s\",\"error\":\"%s\"}\n", id, what); }

static void look(size_t at, enum look what) {
  if (node_look(nodes[at], what)) return;
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
  look(node_count - 1, LOOK_ALL);
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

/* False at the end of stdin. */
static bool read_commands(void) {
  static char text[MAX_LINE];
  static struct lines lines = {.text = text, .size = sizeof text};
  return lines_read(&lines, STDIN_FILENO, obey);
}

static long now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000L + now.tv_nsec / 1000L;
}

static long within(long value, long least, long most) { return value < least ? least : value > most ? most : value; }

/* Looks at all nodes; returns how long to rest for it. */
static long look_at_all(enum look what) {
  long begin = now_us();
  for (size_t i = node_count; i-- > 0;) look(i, what);
  return (now_us() - begin) * WAIT_FACTOR;
}

/* When to look next: at all, and at UDP alone. */
struct beat {
  long all, udp;
  /* No look because of news before this. */
  long rest;
  bool news_wait;
};

static void on_news(struct beat *beat) {
  long soon = now_us() + SETTLE_US;
  beat->news_wait = true;
  beat->all = soon > beat->rest ? soon : beat->rest;
}

static void look_when_due(struct beat *beat, bool told) {
  if (now_us() >= beat->all) {
    /* What comes from here on is news again. */
    if (told) events_take();
    long rest = look_at_all(LOOK_ALL), now = now_us();
    beat->rest = now + within(rest, LEAST_NEWS_US, LONGEST_WAIT_US);
    beat->udp = now + within(rest, LEAST_UDP_US, LONGEST_UDP_US);
    if (!told) beat->all = now + within(rest, LEAST_BLIND_US, LONGEST_WAIT_US);
    else beat->all = now + (beat->news_wait ? SECOND_LOOK_US : SWEEP_US);
    beat->news_wait = false;
  } else if (told && now_us() >= beat->udp) {
    beat->udp = now_us() + within(look_at_all(LOOK_UDP), LEAST_UDP_US, LONGEST_UDP_US);
  }
}

int main(int argc, char **argv) {
  static char output[1 << 16];
  setvbuf(stdout, output, _IOFBF, sizeof output);
  bool blind = argc > 1 && strcmp(argv[1], "--blind") == 0;
  int news = blind ? -1 : events_open();
  bool told = news >= 0;
  if (!told && !blind)
    fprintf(stderr, "dd-watch: the kernel tells nothing of sockets (%s); they are looked for ten times a second\n",
            strerror(errno));
  struct beat beat = {0};
  for (;;) {
    /* News that are to be looked into already wake nobody. */
    struct pollfd inputs[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                              {.fd = told && node_count > 0 && !beat.news_wait ? news : -1, .events = POLLIN}};
    long until = told && beat.udp < beat.all ? beat.udp : beat.all, wait = until - now_us();
    if (poll(inputs, 2, node_count == 0 ? -1 : wait < 0 ? 0 : (int)(wait / 1000 + 1)) < 0 && errno != EINTR) return 1;
    if (inputs[0].revents && !read_commands()) return 0;
    if (inputs[1].revents) on_news(&beat);
    look_when_due(&beat, told);
    /* A reader that is gone ends us by SIGPIPE or here. */
    if (fflush(stdout) != 0) return 1;
  }
}
