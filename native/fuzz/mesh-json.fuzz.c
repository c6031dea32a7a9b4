/* Docker's answers in JSON: networks, gossip, the verbose form (a zero byte parts it from the list of services). */
#include "fuzz.h"

#include "../swarm-mesh/docker/docker.c"
#include "../swarm-mesh/docker/facts.c"
#include "../swarm-mesh/base/ipv4.c"
#include "../swarm-mesh/docker/record.c"

bool log_verbose;
void log_line(const char *format, ...) { (void)format; }
int http_get(const struct http_server *server, const char *path, int timeout_ms, struct buffer *body) {
  (void)server, (void)path, (void)timeout_ms, (void)body;
  return HTTP_REFUSED;
}
int http_open_stream(const struct http_server *server, const char *path, int timeout_ms) {
  (void)server, (void)path, (void)timeout_ms;
  return -1;
}
void buffer_free(struct buffer *buffer) { (void)buffer; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct network networks[NETWORK_LIMIT];
  static char ids[4][HOST_SIZE];
  struct record_list list = {0};
  char *text = fuzz_text(data, size);
  size_t first = strlen(text);
  facts_from_diagnostic(text, &list);
  record_list_free(&list);
  facts_peers(text, "10.0.0.1", ids, 4);
  parse_networks(text, networks);
  facts_from_verbose(text, first < size ? text + first + 1 : NULL, &list);
  for (size_t i = 0; i < list.count; i++)
    if (strlen(list.items[i].service) >= SERVICE_NAME_SIZE || strlen(list.items[i].host) >= HOST_SIZE) abort();
  record_list_free(&list);
  free(text);
  return 0;
}
