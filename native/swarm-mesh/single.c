/* One mesh for a node: two would undo each other's work. */
#include "single.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

bool single_claim(void) {
  /* A name in the abstract namespace belongs to a network namespace, and goes away with the process however that ends. */
  static const char name[] = "\0swarm-mesh";
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  memcpy(address.sun_path, name, sizeof name - 1);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return fd >= 0 && bind(fd, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + sizeof name - 1) == 0;
}
