/* dd-census: reads process ids, one a line, and says what their network namespaces hold. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "census.h"

int main(void) {
  static struct census census;
  char line[32];

  while (fgets(line, sizeof(line), stdin) != NULL) {
    long pid = strtol(line, NULL, 10);

    if (pid > 0) add_process(&census, (pid_t)pid);
  }
  printf("{\"namespaces\":%zu,\"neighbours\":%" PRIu64 ",\"connections\":%" PRIu64 ",\"socketBytes\":%" PRIu64
         ",\"transportBytes\":%" PRIu64 "}\n",
         census.namespace_count, census.neighbours, census.connections, census.socket_bytes, census.transport_bytes);
  return fflush(stdout) == 0 ? 0 : 1;
}
