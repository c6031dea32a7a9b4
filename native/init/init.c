/* PID 1 of a node: starts and keeps its daemons, reaps orphans, answers the service commands, and ends in order. */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "control.h"
#include "log.h"
#include "loop.h"
#include "services/notify.h"
#include "services/service.h"
#include "boot/setup.h"

/* A node must be gone within 3 s of SIGTERM: dockerd and its containers get most of it, then all is killed. */
#define SHUTDOWN_GRACE_MS 2200
#define SHUTDOWN_KILL_MS 400

static bool must_end;

static void reap(void) {
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) service_process_ended(pid, status);
}

static void on_signal(struct watch *watch) {
  struct signalfd_siginfo info;
  if (read(watch->fd, &info, sizeof info) != (ssize_t)sizeof info) return;
  if (info.ssi_signo == SIGCHLD) reap();
  else must_end = true;
}

static void watch_signals(void) {
  static struct watch watch = {.on_readable = on_signal};
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGPWR);
  sigaddset(&set, SIGRTMIN + 3); /* what container managers send to a systemd that shall halt */
  sigprocmask(SIG_BLOCK, &set, NULL);
  signal(SIGPIPE, SIG_IGN);
  watch.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (watch.fd < 0) {
    log_error("signalfd");
    exit(1);
  }
  loop_add(&watch);
}

/* The time until `end_ms`, or until a service's own deadline when that is nearer. */
static int timeout_until(int64_t end_ms) {
  int64_t left = end_ms - clock_now_ms();
  int next = services_next_timeout();
  if (left < 0) left = 0;
  return next >= 0 && next < left ? next : (int)left;
}

static void end_everything(void) {
  for (unsigned i = 0; service_at(i); i++) service_stop(service_at(i));
  int64_t end = clock_now_ms() + SHUTDOWN_GRACE_MS;
  while (!services_all_down() && clock_now_ms() < end) {
    loop_turn(timeout_until(end));
    control_settle();
  }
  /* Only ever as PID 1, where -1 means this node and nothing else. */
  if (getpid() != 1) return;
  kill(-1, SIGKILL);
  end = clock_now_ms() + SHUTDOWN_KILL_MS;
  while (clock_now_ms() < end && waitpid(-1, NULL, WNOHANG) >= 0) usleep(5000);
}

/*
 * What the runtime left open is the host's: its pipes are sockets of the host's network namespace, which the node's
 * root could take from here and use. So nothing that was there before main is kept.
 */
static void let_go_of_host(void) {
  int null_fd = open("/dev/null", O_RDWR);
  bool gone = null_fd >= 0;
  for (int fd = STDIN_FILENO; gone && fd <= STDERR_FILENO; fd++) gone = dup2(null_fd, fd) >= 0;
  if (!gone || close_range(STDERR_FILENO + 1, ~0U, 0) < 0) {
    log_error("descriptors of the host");
    exit(1);
  }
}

int main(void) {
  if (getpid() != 1) {
    fprintf(stderr, "drydock-init is the first process of a node and is started by its runtime, not by hand.\n");
    return 64;
  }
  let_go_of_host();
  loop_open();
  watch_signals();
  setup_system();
  notify_open();
  services_init();
  control_open();
  services_boot();
  while (!must_end) {
    loop_turn(services_next_timeout());
    services_deadlines_passed();
    control_settle();
  }
  end_everything();
  return 0;
}
