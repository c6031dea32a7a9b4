/* A client of init's control socket, any user of a node, in pieces of any size. Services are there, but nothing is
 * started. */
#include "fuzz.h"

#include "../init/control.c"

#include "../init/services/catalogue.h"

static struct service services[8];

void log_error(const char *what) { (void)what; }
void loop_add(struct watch *watch) { (void)watch; }
void loop_remove(struct watch *watch) { (void)watch; }
struct service *service_at(unsigned index) {
  return index < service_catalogue_count ? &services[index] : NULL;
}
struct service *service_find(const char *name) {
  for (unsigned i = 0; service_at(i); i++)
    if (strcmp(services[i].definition->name, name) == 0) return &services[i];
  return NULL;
}
void service_start(struct service *service) { service->wanted = true, service->state = SERVICE_RUNNING; }
void service_stop(struct service *service) { service->wanted = false, service->state = SERVICE_STOPPED; }
void service_restart(struct service *service) { service_start(service); }
bool service_reload(struct service *service) { return service->state == SERVICE_RUNNING; }
const char *service_state_name(enum service_state state) { return state == SERVICE_RUNNING ? "running" : "stopped"; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  int ends[2];
  for (unsigned i = 0; service_at(i); i++) services[i] = (struct service){.definition = &service_catalogue[i]};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) abort();
  struct client *client = &clients[0];
  *client =
      (struct client){.watch = {.fd = ends[0], .on_readable = on_request}, .used = true, .is_root = size % 2 == 0};
  /* The first byte says how the rest comes in pieces. */
  size_t piece = size > 0 ? 1 + data[0] % 200u : 1;
  for (size_t at = 1; at < size && client->used; at += piece) {
    size_t length = size - at < piece ? size - at : piece;
    if (send(ends[1], data + at, length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) break;
    on_request(&client->watch);
    control_settle();
  }
  if (client->used) finish(client, NULL);
  close(ends[1]);
  return 0;
}
