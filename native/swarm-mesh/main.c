/* swarm-mesh: gives Docker Swarm its virtual IPs and its routing mesh with nftables, where IPVS cannot be had. See
 * README.md. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/ipvs.h"
#include "base/log.h"
#include "mesh.h"
#include "net/netns.h"
#include "options.h"
#include "single.h"
#include "status.h"

/* For --once. */
#define ONCE_LIMIT_MS 10000

static volatile sig_atomic_t stopping;

static void stop(int signal) {
  (void)signal;
  stopping = 1;
}

/* Signals come only while we wait, so that nothing is left half done. Fills the mask to wait with. */
static void catch_signals(sigset_t *while_waiting) {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigaddset(&blocked, SIGINT);
  sigprocmask(SIG_BLOCK, &blocked, while_waiting);
  sigdelset(while_waiting, SIGTERM);
  sigdelset(while_waiting, SIGINT);
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
}

static int serve(struct mesh *mesh, bool once, const sigset_t *mask) {
  long long give_up = mesh_now() + ONCE_LIMIT_MS;
  while (!stopping) {
    int wait = mesh_step(mesh);
    if (once && mesh_settled(mesh)) return 0;
    if (once && mesh_now() > give_up) {
      log_line("not everything could be brought in line within %d s", ONCE_LIMIT_MS / 1000);
      return 1;
    }
    mesh_wait(mesh, wait, mask);
  }
  log_line("stopping; what is programmed stays");
  return 0;
}

static void clear(struct mesh *mesh) {
  mesh_rescan(mesh, mesh_now());
  for (size_t i = 0; i < mesh->count; i++) sandbox_clear(&mesh->sandboxes[i]);
  node_clear(&mesh->node);
}

/* Nothing to do, but a supervisor shall see a service that runs and not one that dies again and again. */
static int stand_aside(const sigset_t *mask) {
  log_line("IPVS works here, so docker needs no help: standing aside");
  while (!stopping) sigsuspend(mask);
  return 0;
}

int main(int argc, char **argv) {
  static struct mesh mesh;
  struct options options;
  sigset_t mask;
  int status;
  if (!options_parse(&options, argc, argv, &status)) return status;
  if (options.mode == MODE_LOST) return single_tell_lost(options.lost) ? 0 : 1;
  catch_signals(&mask);
  enum ipvs_state ipvs = ipvs_probe();
  bool aside = ipvs == IPVS_WORKS && !options.force;
  if (aside && options.mode == MODE_SERVE) return stand_aside(&mask);
  if (aside && options.mode == MODE_ONCE) return 0;
  int told = options.mode == MODE_STATUS ? -1 : single_claim();
  if (options.mode != MODE_STATUS && told < 0) {
    log_line("another swarm-mesh serves this node");
    return 1;
  }
  if (!mesh_open(&mesh, &options, told)) return 1;
  switch (options.mode) {
    case MODE_SERVE:
      log_line("IPVS %s: serving with nftables", ipvs_describe(ipvs));
      status = serve(&mesh, false, &mask);
      break;
    case MODE_ONCE: status = serve(&mesh, true, &mask); break;
    case MODE_STATUS: status = status_print(&mesh, aside, ipvs_describe(ipvs)) ? 0 : 1; break;
    case MODE_CLEAR:
      clear(&mesh);
      status = 0;
      break;
    case MODE_LOST: break;
  }
  mesh_close(&mesh);
  return status;
}
