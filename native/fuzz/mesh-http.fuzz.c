/* An answer over HTTP of whoever serves docker's socket in a node. */
#include "fuzz.h"

#include "../swarm-mesh/base/buffer.c"
#include "../swarm-mesh/docker/http.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct buffer body = {0};
  int fd = fuzz_file(data, size);
  int status = read_response(fd, &body);
  if (status != HTTP_BROKEN && (status < 100 || status > 599 || !body.data || body.length > size)) abort();
  buffer_free(&body);
  lseek(fd, 0, SEEK_SET);
  read_stream_header(fd);
  close(fd);
  return 0;
}
