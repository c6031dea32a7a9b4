/* The states of the daemons and what moves them; nothing here blocks. */
#include "service.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "activation.h"
#include "catalogue.h"
#include "../clock.h"
#include "spawn.h"

#define SERVICES_MAX 8
/* As systemd's TimeoutStopSec: dockerd gives its containers ten seconds to end. */
#define STOP_TIMEOUT_MS 90000
#define BACKOFF_FIRST_MS 500
#define BACKOFF_LAST_MS 30000
/* A daemon that served this long is sound: its next crash is a first one. */
#define SOUND_AFTER_MS 10000
/* While a crashed daemon comes back within this time its clients may wait on the socket; longer, and they are better
 * refused. */
#define SOCKET_KEPT_MS 2000

/* sshd's status for a configuration that it cannot use (RestartPreventExitStatus in its unit file). */
#define FINAL_EXIT_STATUS 255

static struct service services[SERVICES_MAX];
static unsigned service_count;

static void enter(struct service *service, enum service_state state, int64_t deadline_ms) {
  service->state = state;
  service->deadline_ms = deadline_ms;
  service->since_us = clock_wall_us();
}

static bool is_settled(const struct service *service) {
  switch (service->state) {
    case SERVICE_WAITING:
    case SERVICE_STARTING:
    case SERVICE_STOPPING: return false;
    case SERVICE_STOPPED:
    case SERVICE_RUNNING:
    case SERVICE_BACKOFF:
    case SERVICE_FAILED: return true;
  }
  return true;
}

static int64_t backoff_ms(unsigned crashes) {
  int64_t delay = BACKOFF_FIRST_MS;
  for (unsigned i = 1; i < crashes && delay < BACKOFF_LAST_MS; i++) delay *= 2;
  return delay < BACKOFF_LAST_MS ? delay : BACKOFF_LAST_MS;
}

static void crashed(struct service *service) {
  if (service->definition->restart == RESTART_ON_FAILURE && WIFEXITED(service->exit_status)) {
    int code = WEXITSTATUS(service->exit_status);
    if (code == 0 || code == FINAL_EXIT_STATUS) {
      activation_close(service);
      enter(service, code == 0 ? SERVICE_STOPPED : SERVICE_FAILED, 0);
      return;
    }
  }
  if (clock_now_ms() - service->started_ms >= SOUND_AFTER_MS) service->crashes = 0;
  service->crashes++;
  int64_t delay = backoff_ms(service->crashes);
  if (delay > SOCKET_KEPT_MS) activation_close(service);
  log_note(&service->log, "%s.service: process ended (%s %d); starting it again in %.1f s", service->definition->name,
           WIFSIGNALED(service->exit_status) ? "signal" : "exit status",
           WIFSIGNALED(service->exit_status) ? WTERMSIG(service->exit_status) : WEXITSTATUS(service->exit_status),
           (double)delay / 1000);
  enter(service, SERVICE_BACKOFF, clock_now_ms() + delay);
}

static void launch(struct service *service) {
  service->started_ms = clock_now_ms();
  if (service->ever_exited) service->restarts++;
  pid_t pid = activation_open(service) ? spawn_service(service) : -1;
  if (pid < 0) {
    service->exit_status = W_EXITCODE(203, 0);
    service->ever_exited = true;
    crashed(service);
    return;
  }
  service->pid = pid;
  enter(service, service->definition->notifies ? SERVICE_STARTING : SERVICE_RUNNING, 0);
}

static void launch_or_wait(struct service *service) {
  struct service *dependency = service->definition->after ? service_find(service->definition->after) : NULL;
  if (dependency && service->definition->starts_dependency) service_start(dependency);
  if (dependency && !is_settled(dependency)) {
    enter(service, SERVICE_WAITING, 0);
    return;
  }
  launch(service);
}

static void release_waiting(void) {
  for (unsigned i = 0; i < service_count; i++) {
    struct service *service = &services[i];
    if (service->state != SERVICE_WAITING) continue;
    struct service *dependency = service_find(service->definition->after);
    if (!dependency || is_settled(dependency)) launch(service);
  }
}

void service_start(struct service *service) {
  service->wanted = true;
  /* Whoever asks may have mended it: the back-off begins anew. */
  service->crashes = 0;
  switch (service->state) {
    case SERVICE_WAITING:
    case SERVICE_STARTING:
    case SERVICE_RUNNING:
    case SERVICE_STOPPING: /* starts again when the old process has ended, because it is wanted */ return;
    case SERVICE_STOPPED:
    case SERVICE_BACKOFF:
    case SERVICE_FAILED: launch_or_wait(service); return;
  }
}

static void terminate(struct service *service) {
  kill(service->pid, SIGTERM);
  enter(service, SERVICE_STOPPING, clock_now_ms() + STOP_TIMEOUT_MS);
  for (unsigned i = 0; i < service_count; i++) {
    struct service *companion = &services[i];
    bool runs = companion->state == SERVICE_STARTING || companion->state == SERVICE_RUNNING;
    if (!companion->definition->ends_with_dependency || !runs) continue;
    /* Still wanted: it starts again when its dependency has settled. */
    if (strcmp(companion->definition->after, service->definition->name) == 0) terminate(companion);
  }
}

void service_stop(struct service *service) {
  service->wanted = false;
  switch (service->state) {
    case SERVICE_STOPPED:
    case SERVICE_STOPPING: return;
    case SERVICE_FAILED:
    case SERVICE_WAITING:
    case SERVICE_BACKOFF:
      activation_close(service);
      service->crashes = 0;
      enter(service, SERVICE_STOPPED, 0);
      release_waiting();
      return;
    case SERVICE_STARTING:
    case SERVICE_RUNNING: terminate(service); return;
  }
}

void service_restart(struct service *service) {
  service->wanted = true;
  service->crashes = 0;
  switch (service->state) {
    case SERVICE_STARTING:
    case SERVICE_RUNNING: terminate(service); return;
    case SERVICE_WAITING:
    case SERVICE_STOPPING: return;
    case SERVICE_STOPPED:
    case SERVICE_BACKOFF:
    case SERVICE_FAILED: launch_or_wait(service); return;
  }
}

bool service_reload(struct service *service) {
  if (service->state != SERVICE_RUNNING) return false;
  return kill(service->pid, SIGHUP) == 0;
}

void service_process_ended(pid_t pid, int status) {
  for (unsigned i = 0; i < service_count; i++) {
    struct service *service = &services[i];
    if (service->pid != pid) continue;
    bool was_asked = service->state == SERVICE_STOPPING;
    service->pid = 0;
    service->exit_status = status;
    service->ever_exited = true;
    if (!was_asked) {
      crashed(service);
    } else {
      service->crashes = 0;
      activation_close(service);
      enter(service, SERVICE_STOPPED, 0);
      if (service->wanted) launch_or_wait(service);
    }
    release_waiting();
    return;
  }
}

void service_process_ready(pid_t pid) {
  for (unsigned i = 0; i < service_count; i++) {
    struct service *service = &services[i];
    if (service->pid != pid || service->state != SERVICE_STARTING) continue;
    enter(service, SERVICE_RUNNING, 0);
    release_waiting();
    return;
  }
}

void services_deadlines_passed(void) {
  int64_t now = clock_now_ms();
  for (unsigned i = 0; i < service_count; i++) {
    struct service *service = &services[i];
    if (service->deadline_ms == 0 || service->deadline_ms > now) continue;
    service->deadline_ms = 0;
    if (service->state == SERVICE_STOPPING) kill(service->pid, SIGKILL);
    if (service->state == SERVICE_BACKOFF) launch_or_wait(service);
  }
}

int services_next_timeout(void) {
  int64_t next = -1;
  for (unsigned i = 0; i < service_count; i++) {
    int64_t deadline = services[i].deadline_ms;
    if (deadline != 0 && (next < 0 || deadline < next)) next = deadline;
  }
  if (next < 0) return -1;
  int64_t left = next - clock_now_ms();
  return left > 0 ? (int)left : 0;
}

bool services_all_down(void) {
  for (unsigned i = 0; i < service_count; i++) {
    if (services[i].pid != 0) return false;
  }
  return true;
}

void services_init(void) {
  for (unsigned i = 0; i < service_catalogue_count && service_count < SERVICES_MAX; i++) {
    const struct service_definition *definition = &service_catalogue[i];
    if (definition->optional && access(definition->arguments[0], X_OK) != 0) continue;
    struct service *service = &services[service_count++];
    memset(service, 0, sizeof *service);
    service->definition = definition;
    service->listen_fd = -1;
    service->since_us = clock_wall_us();
    const char *program = strrchr(definition->arguments[0], '/');
    log_open(&service->log, definition->name, program + 1, &service->pid);
    service->log.is_quiet = definition->is_quiet;
  }
}

void services_boot(void) {
  for (unsigned i = 0; i < service_count; i++) {
    struct service *service = &services[i];
    const char *needed = service->definition->needs_file;
    if (needed && access(needed, F_OK) != 0) continue;
    if (unit_is_enabled(service->definition)) service_start(service);
  }
}

struct service *service_find(const char *name) {
  for (unsigned i = 0; i < service_count; i++) {
    if (strcmp(services[i].definition->name, name) == 0) return &services[i];
  }
  return NULL;
}

struct service *service_at(unsigned index) {
  return index < service_count ? &services[index] : NULL;
}

const char *service_state_name(enum service_state state) {
  switch (state) {
    case SERVICE_STOPPED: return "stopped";
    case SERVICE_WAITING: return "waiting";
    case SERVICE_STARTING: return "starting";
    case SERVICE_RUNNING: return "running";
    case SERVICE_STOPPING: return "stopping";
    case SERVICE_BACKOFF: return "backoff";
    case SERVICE_FAILED: return "failed";
  }
  return "unknown";
}
