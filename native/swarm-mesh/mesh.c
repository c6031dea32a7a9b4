/* The mesh of one node: its sandboxes and the node itself, kept in line with docker. */
#include "mesh.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "net/netns.h"
#include "single.h"

/* docker does several things to a sandbox at a time, and a change of a service touches several sandboxes. */
#define SETTLE_MS 8
/* Between two readings of one network: each costs docker some work and two lines in its log. */
#define READ_PAUSE_MS 100
/* A local task's record is written just after the sandbox has been opened, so once more when all is quiet. */
#define CONFIRM_MS 250
/* Whether somebody else changed our tables: one netlink message for each namespace. */
#define DRIFT_MS 5000
/* Everything is read again, in case that something was missed after all. */
#define SWEEP_MS 300000
/* How often to look where the kernel does not tell. */
#define BLIND_MS 500
#define RETRY_FIRST_MS 20
#define RETRY_LAST_MS 2000
/* After so many tries only an event makes us look again for what a sandbox belongs to. */
#define RESOLVE_TRIES 12

long long mesh_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static long long backoff(int failures) {
  long long pause = RETRY_FIRST_MS;
  while (failures-- > 1 && pause < RETRY_LAST_MS) pause *= 2;
  return pause < RETRY_LAST_MS ? pause : RETRY_LAST_MS;
}

/* Plans something for `at` unless it is planned for earlier. */
static void plan(long long *when, long long at) {
  if (*when == 0 || at < *when) *when = at;
}

static bool due(long long when, long long now) { return when != 0 && when <= now; }

bool mesh_open(struct mesh *mesh, const struct options *options, int told) {
  *mesh = (struct mesh){.events = -1, .told = told, .netns_directory = options->netns_directory};
  mesh->docker = (struct docker){.api = {.unix_path = options->socket},
                                 .pidfile = options->pidfile,
                                 .daemon_config = options->daemon_config,
                                 .diagnostic_port = options->diagnostic_port};
  mesh->node.hold_ports = options->hold_ports && options->mode == MODE_SERVE;
  if (!netns_init() || !node_open(&mesh->node)) {
    log_line("cannot open netlink in the node's network namespace: %s", strerror(errno));
    return false;
  }
  if (!watch_open(&mesh->watch, options->pidfile)) {
    log_line("cannot watch for changes: %s", strerror(errno));
    return false;
  }
  long long now = mesh_now();
  mesh->rescan_at = mesh->connect_at = now;
  mesh->drift_at = now + DRIFT_MS;
  mesh->sweep_at = now + SWEEP_MS;
  return true;
}

void mesh_close(struct mesh *mesh) {
  for (size_t i = 0; i < mesh->count; i++) sandbox_close(&mesh->sandboxes[i]);
  mesh->count = 0;
  node_close(&mesh->node);
  watch_close(&mesh->watch);
  if (mesh->events >= 0) close(mesh->events);
  if (mesh->told >= 0) close(mesh->told);
}

static void plan_all(struct mesh *mesh, long long now) {
  for (size_t i = 0; i < mesh->count; i++) {
    plan(&mesh->sandboxes[i].read_at, now);
    mesh->sandboxes[i].confirm_at = now + CONFIRM_MS;
  }
}

static void connect_docker(struct mesh *mesh, long long now) {
  mesh->connect_at = 0;
  if (docker_pid(&mesh->docker) != 0) mesh->events = docker_open_events(&mesh->docker);
  if (mesh->events < 0) {
    mesh->connect_at = now + backoff(++mesh->connect_tries);
    return;
  }
  log_line("docker is there");
  mesh->connect_tries = mesh->resolve_tries = 0;
  plan(&mesh->resolve_at, now);
  plan_all(mesh, now);
}

static void disconnect_docker(struct mesh *mesh, long long now) {
  log_line("docker is gone: everything stays as it is until it is back");
  close(mesh->events);
  mesh->events = -1;
  mesh->connect_at = now + RETRY_FIRST_MS;
}

static void drop(struct mesh *mesh, size_t index, long long now) {
  struct sandbox *sandbox = &mesh->sandboxes[index];
  log_line("%s is gone", sandbox->name);
  watch_remove(&mesh->watch, sandbox->watch);
  if (sandbox->ingress) plan(&mesh->node_at, now);
  sandbox_close(sandbox);
  mesh->sandboxes[index] = mesh->sandboxes[--mesh->count];
}

static void take(struct mesh *mesh, const char *name, long long now) {
  if (mesh->count == SANDBOX_LIMIT) return;
  struct sandbox *sandbox = &mesh->sandboxes[mesh->count];
  if (!sandbox_open(sandbox, mesh->netns_directory, name)) return;
  mesh->count++;
  sandbox->since = now;
  sandbox->watch = watch_add(&mesh->watch, mesh->netns_directory, name);
  log_debug("%s is there", name);
  mesh->resolve_tries = 0;
  plan(&mesh->resolve_at, now);
  plan(&sandbox->read_at, now + SETTLE_MS);
  sandbox->confirm_at = now + CONFIRM_MS;
}

void mesh_rescan(struct mesh *mesh, long long now) {
  struct stat node, status;
  char path[4096];
  mesh->rescan_at = 0;
  if (fstat(netns_node(), &node) < 0) return;
  for (size_t i = mesh->count; i-- > 0;) {
    snprintf(path, sizeof path, "%s/%s", mesh->netns_directory, mesh->sandboxes[i].name);
    /* docker unmounts a namespace at once, but keeps the file for up to a minute. */
    bool same = stat(path, &status) == 0 && status.st_dev == node.st_dev && status.st_ino == mesh->sandboxes[i].inode;
    if (!same) drop(mesh, i, now);
  }
  DIR *directory = opendir(mesh->netns_directory);
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    if (strncmp(entry->d_name, "lb_", 3) != 0 && strcmp(entry->d_name, "ingress_sbox") != 0) continue;
    bool known = false;
    for (size_t i = 0; i < mesh->count; i++) known = known || strcmp(mesh->sandboxes[i].name, entry->d_name) == 0;
    snprintf(path, sizeof path, "%s/%s", mesh->netns_directory, entry->d_name);
    if (!known && stat(path, &status) == 0 && status.st_dev == node.st_dev) take(mesh, entry->d_name, now);
  }
  if (directory) closedir(directory);
}

/* Finds out which network each sandbox serves: `lb_` and the beginning of its id, or the one that is ingress. */
static void resolve(struct mesh *mesh, long long now) {
  static struct network networks[NETWORK_LIMIT];
  bool missing = false;
  mesh->resolve_at = 0;
  int count = docker_list_networks(&mesh->docker, networks);
  for (size_t i = 0; i < mesh->count; i++) {
    struct sandbox *sandbox = &mesh->sandboxes[i];
    for (int k = 0; k < count && !sandbox->resolved; k++) {
      if (sandbox->ingress ? !networks[k].ingress
                           : strncmp(networks[k].id, sandbox->name + 3, strlen(sandbox->name) - 3) != 0)
        continue;
      sandbox->network = networks[k];
      sandbox->resolved = true;
      plan(&sandbox->read_at, now);
    }
    missing = missing || !sandbox->resolved;
  }
  if (missing && mesh->resolve_tries++ < RESOLVE_TRIES) mesh->resolve_at = now + backoff(mesh->resolve_tries);
}

static void read_and_converge(struct mesh *mesh, struct sandbox *sandbox, long long now) {
  struct record_list records = {0};
  sandbox->read_at = 0;
  if (due(sandbox->confirm_at, now)) sandbox->confirm_at = 0;
  if (!sandbox->resolved) return; /* resolve plans the next reading */
  sandbox->last_read = now;
  enum facts_source source = docker_read_facts(&mesh->docker, sandbox->network.id, &records);
  log_debug("%s: read %zu records from %s", sandbox->name, records.count,
            source == FACTS_DIAGNOSTIC ? "the diagnostic server"
            : source == FACTS_VERBOSE  ? "the verbose API"
                                       : "nobody");
  lost_apply(&mesh->lost, &records, now);
  if (source != FACTS_NONE && sandbox_converge(sandbox, &records, mesh_now())) sandbox->failures = 0;
  else sandbox->read_at = now + backoff(++sandbox->failures);
  if (sandbox->ingress) plan(&mesh->node_at, now);
  record_list_free(&records);
}

static const struct sandbox *find_ingress(const struct mesh *mesh) {
  for (size_t i = 0; i < mesh->count; i++) {
    if (mesh->sandboxes[i].ingress) return &mesh->sandboxes[i];
  }
  return NULL;
}

static void look_for_drift(struct mesh *mesh, long long now) {
  mesh->drift_at = now + DRIFT_MS;
  for (size_t i = 0; i < mesh->count; i++) {
    if (!table_intact(&mesh->sandboxes[i].table)) plan(&mesh->sandboxes[i].read_at, now);
  }
  if (!node_intact(&mesh->node)) plan(&mesh->node_at, now);
}

int mesh_step(struct mesh *mesh) {
  long long now = mesh_now();
  if (due(mesh->connect_at, now)) connect_docker(mesh, now);
  if (due(mesh->rescan_at, now)) mesh_rescan(mesh, now);
  if (mesh->events >= 0 && due(mesh->resolve_at, now)) resolve(mesh, now);
  if (due(mesh->sweep_at, now)) {
    mesh->sweep_at = now + (mesh->watch.opens_seen ? SWEEP_MS : BLIND_MS);
    plan_all(mesh, now);
  }
  if (due(mesh->lost_at, now)) {
    mesh->lost_at = lost_expires(&mesh->lost, now);
    plan_all(mesh, now);
  }
  for (size_t i = 0; i < mesh->count; i++) {
    struct sandbox *sandbox = &mesh->sandboxes[i];
    bool wanted = due(sandbox->read_at, now) || due(sandbox->confirm_at, now);
    if (mesh->events >= 0 && wanted) read_and_converge(mesh, sandbox, now);
    table_forget_flows(&sandbox->table, now);
  }
  if (due(mesh->node_at, now)) {
    mesh->node_at = 0;
    if (!node_converge(&mesh->node, find_ingress(mesh), now)) mesh->node_at = mesh_now() + RETRY_LAST_MS / 4;
  }
  table_forget_flows(&mesh->node.table, now);
  if (due(mesh->drift_at, now)) look_for_drift(mesh, now);

  long long next = mesh->drift_at < mesh->sweep_at ? mesh->drift_at : mesh->sweep_at;
  if (mesh->connect_at) plan(&next, mesh->connect_at);
  if (mesh->rescan_at) plan(&next, mesh->rescan_at);
  if (mesh->node_at) plan(&next, mesh->node_at);
  if (mesh->lost_at) plan(&next, mesh->lost_at);
  if (mesh->events >= 0 && mesh->resolve_at) plan(&next, mesh->resolve_at);
  if (mesh->node.table.stale_count) plan(&next, mesh->node.table.forget_at);
  for (size_t i = 0; i < mesh->count; i++) {
    const struct sandbox *sandbox = &mesh->sandboxes[i];
    if (mesh->events >= 0 && sandbox->read_at) plan(&next, sandbox->read_at);
    if (mesh->events >= 0 && sandbox->confirm_at) plan(&next, sandbox->confirm_at);
    if (sandbox->table.stale_count) plan(&next, sandbox->table.forget_at);
  }
  long long left = next - mesh_now();
  return left > 0 ? (int)left : 0;
}

static void sandbox_opened(int id, void *context) {
  struct mesh *mesh = context;
  long long now = mesh_now();
  for (size_t i = 0; i < mesh->count; i++) {
    struct sandbox *sandbox = &mesh->sandboxes[i];
    if (id != -1 && sandbox->watch != id) continue;
    long long soonest = sandbox->last_read + READ_PAUSE_MS;
    plan(&sandbox->read_at, now + SETTLE_MS > soonest ? now + SETTLE_MS : soonest);
    sandbox->confirm_at = now + CONFIRM_MS;
  }
}

void mesh_wait(struct mesh *mesh, int timeout_ms, const void *mask) {
  struct pollfd polled[] = {{.fd = mesh->watch.inotify, .events = POLLIN},
                            {.fd = mesh->watch.mounts, .events = POLLPRI},
                            {.fd = mesh->events, .events = POLLIN},
                            {.fd = mesh->told, .events = POLLIN}};
  struct timespec timeout = {.tv_sec = timeout_ms / 1000, .tv_nsec = timeout_ms % 1000 * 1000000L};
  if (ppoll(polled, 4, &timeout, mask) <= 0) return;
  long long now = mesh_now();
  if (polled[1].revents) plan(&mesh->rescan_at, now);
  if (polled[0].revents && watch_read(&mesh->watch, sandbox_opened, mesh) && mesh->events < 0) {
    mesh->connect_tries = 0;
    plan(&mesh->connect_at, now);
  }
  if (polled[3].revents) {
    for (ipv4 address; (address = single_next_lost(mesh->told)) != 0;)
      lost_add(&mesh->lost, &mesh->docker, address, now);
    plan(&mesh->lost_at, now);
  }
  if (polled[2].revents) {
    char event[4096];
    ssize_t got = read(mesh->events, event, sizeof event);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) disconnect_docker(mesh, now);
    else plan(&mesh->resolve_at, now);
  }
}

bool mesh_settled(const struct mesh *mesh) {
  if (mesh->events < 0 || mesh->rescan_at || mesh->resolve_at || mesh->node_at || mesh->node.table.stale_count)
    return false;
  for (size_t i = 0; i < mesh->count; i++) {
    const struct sandbox *sandbox = &mesh->sandboxes[i];
    if (!sandbox->resolved || sandbox->read_at || sandbox->confirm_at || !sandbox->table.known ||
        sandbox->table.stale_count)
      return false;
  }
  return true;
}
