/* A supervised daemon: what it is (definition), what the learner wants of it, and where it stands (state). */
#ifndef DRYDOCK_SERVICE_H
#define DRYDOCK_SERVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../log.h"

enum restart_policy { RESTART_ALWAYS, RESTART_ON_FAILURE };

/* The fixed part, from catalogue.c. Strings live for ever. */
struct service_definition {
  const char *name;              /* `docker`; its unit is `docker.service` */
  const char *description;       /* as the distribution's unit file has it */
  const char *documentation;     /* a URL or man page, or NULL */
  const char *const *arguments;  /* command line; the first is an absolute path */
  const char *options_variable;  /* its words, from environment_file, are added to the command line; or NULL */
  const char *environment_file;  /* KEY=VALUE lines, or NULL */
  const char *after;             /* a service on its way up is waited for before this one starts; or NULL */
  const char *listen_path;       /* a stream socket handed over as the first activation descriptor; or NULL */
  const char *listen_group;      /* its group; mode is 0660 */
  const char *runtime_directory; /* made before each start; or NULL */
  bool (*is_quiet)(const char *line, size_t length); /* lines that its log leaves out; or NULL */
  const char *needs_file;                            /* started at boot only if this file is there; or NULL */
  bool optional;                                     /* forgotten when its program is not installed */
  bool notifies;             /* says READY=1 when it serves; without it, it counts as ready when started */
  bool starts_dependency;    /* starting this one starts `after` too */
  bool ends_with_dependency; /* holds a connection to `after`, for whose end that would wait: ended with it, started
                                again after it */
  enum restart_policy restart;
};

enum service_state {
  SERVICE_STOPPED,
  SERVICE_WAITING,  /* for the service that it comes after */
  SERVICE_STARTING, /* the process runs but has not said that it is ready */
  SERVICE_RUNNING,
  SERVICE_STOPPING,
  SERVICE_BACKOFF, /* crashed; starts again at `deadline_ms` */
  SERVICE_FAILED   /* crashed, and its policy says to leave it so */
};

struct service {
  const struct service_definition *definition;
  enum service_state state;
  bool wanted;         /* what the learner (or the boot) asked for last */
  pid_t pid;           /* 0: no process */
  int listen_fd;       /* -1: none */
  int64_t deadline_ms; /* of the state, on the monotonic clock; 0: none */
  int64_t since_us;    /* wall time of the last change of state */
  int64_t started_ms;  /* monotonic time of the last start */
  int exit_status;     /* wait status of the last process; 0 when it never ended */
  bool ever_exited;
  unsigned crashes;  /* in a row, for the back-off */
  unsigned restarts; /* since boot */
  struct service_log log;
};

/* Takes over the definitions of catalogue.c; call once. */
void services_init(void);
/* Starts what a fresh boot starts: everything that is enabled and installed. */
void services_boot(void);
struct service *service_find(const char *name);
/* The service number `index`, or NULL behind the last one. */
struct service *service_at(unsigned index);

void service_start(struct service *service);
void service_stop(struct service *service);
void service_restart(struct service *service);
/* Sends SIGHUP to a running service; false when it does not run. */
bool service_reload(struct service *service);

/* To be called for what happened outside. */
void service_process_ended(pid_t pid, int status);
void service_process_ready(pid_t pid);
void services_deadlines_passed(void);

/* Milliseconds until the next deadline, -1 for none. */
int services_next_timeout(void);
/* True when no service has a process any more. */
bool services_all_down(void);
/* The word that clients see. */
const char *service_state_name(enum service_state state);

#endif
