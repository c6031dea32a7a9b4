/*
 * dd-enter: runs a command as root of a node, exactly as confined as the node's own processes.
 * See native/README.md for what it promises; the steps are plan (options, plan), check (verify), perform (join,
 * inside).
 */
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel.h"
#include "../common/fail.h"
#include "exit-status.h"
#include "join.h"
#include "plan/options.h"
#include "plan/plan.h"
#include "privileges.h"
#include "supervise.h"
#include "plan/verify.h"

const struct failing failing = {.program = "dd-enter", .status = EXIT_SETUP};

/* A node under its full cpu limit may be slow; one whose processes are all stopped never answers. */
enum { START_TIMEOUT_MS = 20000 };

int main(int argc, char **argv) {
  struct options options = parse_options(argc, argv);
  struct plan plan;
  struct checked checked;
  struct channel channel;
  struct report report;
  int signals;
  pid_t joiner;

  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (!options.tty) prctl(PR_SET_PDEATHSIG, SIGTERM);
  plan = read_plan(options.node_dir);
  checked = verify_plan(&plan);
  signals = watch_signals();
  open_channel(&channel);

  joiner = fork();
  if (joiner < 0) fail(errno, "cannot fork");
  if (joiner == 0) {
    close(channel.reports[0]);
    close(channel.failures[0]);
    join_node(&options, &checked, &channel);
  }
  close(channel.reports[1]);
  close(channel.failures[1]);
  report = await_start(&channel, START_TIMEOUT_MS);
  waitpid(joiner, NULL, 0);
  /* From here on only bytes are moved, and at most the command's group is killed. */
  if (limit_capabilities(UINT64_C(1) << CAP_KILL) != 0) fail(errno, "cannot drop capabilities");
  return supervise(&options, &(struct command){.pid = report.pid, .streams = report.streams}, signals);
}
