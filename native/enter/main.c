/*
 * dd-enter: runs a command as root of a node, exactly as confined as the node's own processes.
 * See native/README.md for what it promises; the steps are plan (options, plan), check (verify), perform (join, inside).
 */
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel.h"
#include "fail.h"
#include "join.h"
#include "options.h"
#include "plan.h"
#include "privileges.h"
#include "supervise.h"
#include "verify.h"

/* A node under its full cpu limit may be slow; one whose processes are all stopped never answers. */
enum { START_TIMEOUT_MS = 20000 };

/* Hears the children out until the command runs; every other outcome ends the process. */
static void await_start(int channel, struct command *command, struct report *streams)
{
  struct report report;

  while (receive_report(channel, &report, START_TIMEOUT_MS) != 0) {
    if (report.kind == REPORT_STREAMS)
      *streams = report;
    else if (report.kind == REPORT_PID)
      command->pid = report.value;
    else
      fail_with(report.status, report.value, "%s", report.what);
  }
  if (command->pid == 0 || streams->kind != REPORT_STREAMS)
    fail(0, "the command could not be started");
  command->streams = streams->streams;
}

int main(int argc, char **argv)
{
  struct options options = parse_options(argc, argv);
  struct plan plan;
  struct checked checked;
  struct command command = {0};
  struct report streams = {0};
  int signals, channel[2];
  pid_t joiner;

  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (!options.tty)
    prctl(PR_SET_PDEATHSIG, SIGTERM);
  plan = read_plan(options.node_dir);
  checked = verify_plan(&plan);
  signals = watch_signals();
  open_channel(channel);

  joiner = fork();
  if (joiner < 0)
    fail(errno, "cannot fork");
  if (joiner == 0) {
    close(channel[0]);
    join_node(&options, &checked, channel[1]);
  }
  close(channel[1]);
  await_start(channel[0], &command, &streams);
  waitpid(joiner, NULL, 0);
  /* From here on only bytes are moved, and at most the command's group is killed. */
  if (limit_capabilities(UINT64_C(1) << CAP_KILL) != 0)
    fail(errno, "cannot drop capabilities");
  return supervise(&options, &command, signals);
}
