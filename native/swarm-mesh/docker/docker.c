/* The questions that the mesh asks a Docker engine. */
#include "docker.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "facts.h"
#include "../base/log.h"

/* A busy daemon may be slow, but one that needs longer is asked again later. */
#define ANSWER_TIMEOUT_MS 3000
/* The diagnostic server answers from memory; how often and how long we wait for it to come up after the reload. */
#define DIAGNOSTIC_START_TRIES 20
#define DIAGNOSTIC_START_PAUSE_US 15000

pid_t docker_pid(const struct docker *docker) {
  if (!docker->pidfile) return 1;
  FILE *file = fopen(docker->pidfile, "re");
  if (!file) return 0;
  int pid = 0;
  if (fscanf(file, "%d", &pid) != 1) pid = 0;
  fclose(file);
  return pid > 0 && kill(pid, 0) == 0 ? pid : 0;
}

int docker_open_events(const struct docker *docker) {
  /* {"type":["network"],"scope":["swarm"],"event":["create","remove","destroy"]} */
  return http_open_stream(&docker->api,
                          "/events?filters=%7B%22type%22%3A%5B%22network%22%5D%2C%22scope%22%3A%5B%22swarm%22%5D%2C"
                          "%22event%22%3A%5B%22create%22%2C%22remove%22%2C%22destroy%22%5D%7D",
                          ANSWER_TIMEOUT_MS);
}

/* Returns how many, or -1 when the text is no list. */
static int parse_networks(const char *text, struct network networks[NETWORK_LIMIT]) {
  json_t *root = json_loads(text, 0, NULL), *item;
  size_t index;
  int count = json_is_array(root) ? 0 : -1;
  json_array_foreach (root, index, item) {
    if (count >= NETWORK_LIMIT) {
      log_line("more than %d overlay networks: the rest is left alone", NETWORK_LIMIT);
      break;
    }
    const char *id = json_string_value(json_object_get(item, "Id"));
    const char *name = json_string_value(json_object_get(item, "Name"));
    if (!id || !name) continue;
    struct network *network = &networks[count++];
    snprintf(network->id, sizeof network->id, "%s", id);
    snprintf(network->name, sizeof network->name, "%s", name);
    network->ingress = json_is_true(json_object_get(item, "Ingress"));
  }
  json_decref(root);
  return count;
}

int docker_list_networks(const struct docker *docker, struct network networks[NETWORK_LIMIT]) {
  struct buffer body = {0};
  int status =
      http_get(&docker->api, "/networks?filters=%7B%22scope%22%3A%5B%22swarm%22%5D%7D", ANSWER_TIMEOUT_MS, &body);
  int count = status == 200 ? parse_networks(body.data ? body.data : "", networks) : -1;
  buffer_free(&body);
  return count;
}

static uint16_t configured_diagnostic_port(const struct docker *docker) {
  if (docker->diagnostic_port) return docker->diagnostic_port;
  json_t *root = docker->daemon_config ? json_load_file(docker->daemon_config, 0, NULL) : NULL;
  json_int_t port = json_integer_value(json_object_get(root, "network-diagnostic-port"));
  json_decref(root);
  return port > 0 && port < 65536 ? (uint16_t)port : 0;
}

int docker_list_peers(const struct docker *docker, const char *address, char (*ids)[HOST_SIZE], int limit) {
  struct http_server server = {.port = configured_diagnostic_port(docker)};
  struct buffer body = {0};
  int count = 0;
  if (server.port && http_get(&server, "/clusterpeers?json", ANSWER_TIMEOUT_MS, &body) == 200) {
    count = facts_peers(body.data, address, ids, limit);
  }
  buffer_free(&body);
  return count;
}

/* Returns the HTTP status, as http_get. */
static int ask_diagnostic(uint16_t port, const char *network_id, struct record_list *list) {
  char path[160];
  snprintf(path, sizeof path, "/gettable?tname=endpoint_table&json&nid=%s", network_id);
  struct http_server server = {.port = port};
  struct buffer body = {0};
  int status = http_get(&server, path, ANSWER_TIMEOUT_MS, &body);
  if (status == 200 && !facts_from_diagnostic(body.data, list)) {
    record_list_free(list);
    status = HTTP_BROKEN;
  }
  buffer_free(&body);
  return status;
}

/* Returns whether there is a daemon that may be starting its diagnostic server now. */
static bool start_diagnostic(struct docker *docker, uint16_t port) {
  pid_t daemon = docker_pid(docker);
  if (!docker->pidfile || daemon == 0 || docker->reloaded == daemon) return false;
  docker->reloaded = daemon;
  /* Safe only once the daemon has answered on its API, which it had: its handler of SIGHUP is in place before that. */
  log_line("asking dockerd (process %d) to start its network diagnostic server on 127.0.0.1:%u", daemon, port);
  return kill(daemon, SIGHUP) == 0;
}

static bool read_diagnostic(struct docker *docker, const char *network_id, struct record_list *list) {
  uint16_t port = configured_diagnostic_port(docker);
  if (port == 0) return false;
  int status = ask_diagnostic(port, network_id, list);
  if (status == HTTP_REFUSED && start_diagnostic(docker, port)) {
    for (int try = 0; status == HTTP_REFUSED && try < DIAGNOSTIC_START_TRIES; try++) {
      usleep(DIAGNOSTIC_START_PAUSE_US);
      status = ask_diagnostic(port, network_id, list);
    }
  }
  return status == 200;
}

static bool read_verbose(const struct docker *docker, const char *network_id, struct record_list *list) {
  char path[160];
  snprintf(path, sizeof path, "/networks/%s?verbose=true", network_id);
  struct buffer body = {0}, services = {0};
  bool good = http_get(&docker->api, path, ANSWER_TIMEOUT_MS, &body) == 200;
  /* Workers answer 503 here; then the protocols stay unknown. */
  bool manager = good && strstr(body.data, "Publish: ") != NULL &&
                 http_get(&docker->api, "/services", ANSWER_TIMEOUT_MS, &services) == 200;
  good = good && facts_from_verbose(body.data, manager ? services.data : NULL, list);
  if (!good) record_list_free(list);
  buffer_free(&body);
  buffer_free(&services);
  return good;
}

enum facts_source docker_read_facts(struct docker *docker, const char *network_id, struct record_list *list) {
  if (read_diagnostic(docker, network_id, list)) return FACTS_DIAGNOSTIC;
  return read_verbose(docker, network_id, list) ? FACTS_VERBOSE : FACTS_NONE;
}
