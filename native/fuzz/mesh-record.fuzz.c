/* One record of docker's gossip, in protobuf, that any machine of a swarm may have written. */
#include "fuzz.h"

#include "../swarm-mesh/base/ipv4.c"
#include "../swarm-mesh/docker/record.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct record_list list = {0};
  /* Of exactly its size. */
  uint8_t *bytes = malloc(size ? size : 1);
  if (!bytes) abort();
  if (size > 0) memcpy(bytes, data, size);
  record_decode(&list, bytes, size);
  free(bytes);
  record_list_free(&list);
  return 0;
}
