/* Holding published ports as sockets of the node, as docker does: other programs see that they are taken. */
#include "holder.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../base/log.h"

/* Ports held at once; a range beyond it works, but does not show as taken. */
#define HOLD_LIMIT 4096
/* Descriptors for everything else. */
#define OTHER_DESCRIPTORS 1024

struct hold {
  uint8_t protocol;
  uint16_t port;
  int fd; /* -1: somebody else has it */
};

static struct hold *holds;
static size_t hold_count;

static int take(uint8_t protocol, uint16_t port) {
  int type = protocol == PROTOCOL_UDP ? SOCK_DGRAM : SOCK_STREAM;
  int fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  if (fd < 0) return -1; /* a kernel without SCTP sockets can still redirect SCTP */
  int on = 1;
  /* Connections of the time before must not keep the port. */
  if (protocol == PROTOCOL_TCP) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && (type == SOCK_DGRAM || listen(fd, 1) == 0))
    return fd;
  if (errno == EADDRINUSE)
    log_line("node: another program holds port %u, docker itself perhaps; its traffic goes to the service", port);
  close(fd);
  return -1;
}

static bool raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return false;
  rlim_t need = HOLD_LIMIT + OTHER_DESCRIPTORS;
  if (limit.rlim_cur >= need) return true;
  limit.rlim_cur = limit.rlim_max < need ? limit.rlim_max : need;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static bool is_held(uint8_t protocol, uint16_t port) {
  for (size_t i = 0; i < hold_count; i++) {
    if (holds[i].protocol == protocol && holds[i].port == port) return true;
  }
  return false;
}

void holder_converge(const struct program *program) {
  size_t kept = 0;
  for (size_t i = 0; i < hold_count; i++) {
    if (program && program_find(program, 0, holds[i].protocol, holds[i].port)) holds[kept++] = holds[i];
    else if (holds[i].fd >= 0) close(holds[i].fd);
  }
  hold_count = kept;
  if (!holds && program && program->count) {
    holds = calloc(HOLD_LIMIT, sizeof *holds);
    raise_descriptor_limit();
  }
  for (size_t i = 0; holds && program && i < program->count && hold_count < HOLD_LIMIT; i++) {
    const struct frontend *frontend = &program->frontends[i];
    if (frontend->vip || is_held(frontend->protocol, frontend->port)) continue;
    holds[hold_count++] = (struct hold){frontend->protocol, frontend->port, take(frontend->protocol, frontend->port)};
  }
}
