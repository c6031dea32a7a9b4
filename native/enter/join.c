/*
 * Joins the node, outermost things first: cgroups and limits need the host's rights, namespaces take them away.
 *
 * dd-enter has made itself undumpable before it forked. Until the command is executed its memory belongs to the host's
 * user namespace, so the node's root can neither trace this process nor open anything below its /proc directory.
 */
#include "join.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../common/fail.h"
#include "exit-status.h"
#include "inside.h"
#include "streams.h"

enum {
  ALL_NAMESPACES =
      CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP
};

/* The host's own bias (an agent shielded from the OOM killer, say) must not come along. */
static int reset_oom_score(void) {
  int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  int written = fd < 0 ? -1 : (int)write(fd, "0", 1);

  if (fd >= 0) close(fd);
  return written == 1 ? 0 : -1;
}

static int set_apparmor(const char *profile) {
  int fd = open("/proc/self/attr/apparmor/exec", O_WRONLY | O_CLOEXEC);
  char text[256] = "exec ";
  ssize_t written;

  if (fd < 0) return -1;
  strncat(text, profile, sizeof(text) - strlen(text) - 1);
  written = write(fd, text, strlen(text));
  close(fd);
  return written == (ssize_t)strlen(text) ? 0 : -1;
}

static const char *apply_host_side(const struct checked *checked) {
  const struct plan *plan = checked->plan;
  size_t i;

  for (i = 0; i < plan->cgroup_count; i++)
    if (write(checked->cgroups[i], "0", 1) != 1) return "cannot join the node's cgroup";
  for (i = 0; i < plan->rlimit_count; i++)
    if (setrlimit((__rlimit_resource_t)plan->rlimits[i].resource, &plan->rlimits[i].limit) != 0)
      return "cannot set a limit";
  if (reset_oom_score() != 0) return "cannot reset the OOM score";
  if (plan->apparmor != NULL && set_apparmor(plan->apparmor) != 0) return "cannot set the AppArmor profile";
  return NULL;
}

static const char *become_root_of_node(const struct checked *checked) {
  if (setns(checked->pidfd, ALL_NAMESPACES) != 0) return "cannot join the node's namespaces";
  if (setgroups(0, NULL) != 0 || setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0)
    return "cannot become root of the node";
  /* Without this the command would possess the session keyring of whoever started the agent. */
  if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS)
    return "cannot leave the host's keyring";
  return NULL;
}

void join_node(const struct options *options, const struct checked *checked, const struct channel *channel) {
  struct report report = {0};
  struct streams streams;
  const char *failed;

  prctl(PR_SET_PDEATHSIG, SIGKILL);
  failed = apply_host_side(checked);
  if (failed == NULL) failed = become_root_of_node(checked);
  if (failed == NULL) failed = options->tty ? open_pty(&streams) : open_pipes(&streams);
  if (failed != NULL) send_failure(channel->failures[1], EXIT_SETUP, errno, failed);

  /* Only a child is in the new pid namespace; CLONE_PARENT makes it dd-enter's, which must wait for it. */
  report.pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
  if (report.pid < 0) send_failure(channel->failures[1], EXIT_SETUP, errno, "cannot start a process in the node");
  if (report.pid == 0) run_command(options, checked, &streams, channel->failures[1]);
  report.stream_count = streams.outer_count;
  memcpy(report.streams, streams.outer, sizeof(int) * (size_t)streams.outer_count);
  send_report(channel->reports[1], &report);
  _exit(0);
}
