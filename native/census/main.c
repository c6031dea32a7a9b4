/*
 * dd-census: reads process ids, one a line, and says what their network namespaces hold. With --drain it keeps those
 * namespaces at an empty line and says so by an empty line, and empties their queues when its input ends: the processes
 * may be ended in between.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "census.h"

/* A descriptor for each namespace, and some more. */
static void allow_descriptors(void) {
  struct rlimit limit;

  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv) {
  static struct census census;
  char line[32];

  census.keeps = argc > 1 && strcmp(argv[1], "--drain") == 0;
  if (census.keeps) allow_descriptors();
  while (fgets(line, sizeof(line), stdin) != NULL) {
    long pid = strtol(line, NULL, 10);

    if (pid > 0) add_process(&census, (pid_t)pid);
    else if (census.keeps && (puts("") < 0 || fflush(stdout) != 0)) return 1;
  }
  if (census.keeps) {
    drain_namespaces(&census);
    return 0;
  }
  printf("{\"namespaces\":%zu,\"neighbours\":%" PRIu64 ",\"connections\":%" PRIu64 ",\"socketBytes\":%" PRIu64
         ",\"transportBytes\":%" PRIu64 ",\"terminals\":%zu,\"descriptors\":%zu}\n",
         census.namespace_count, census.neighbours, census.connections, census.socket_bytes, census.transport_bytes,
         census.terminal_count, census.descriptor_count);
  return fflush(stdout) == 0 ? 0 : 1;
}
