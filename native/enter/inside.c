/* The last steps before the command: session, streams, signals, directory, rights; then exec. */
#include "inside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "channel.h"
#include "../common/fail.h"
#include "exit-status.h"
#include "privileges.h"

/* Where the failure pipe is moved, so that one call closes all that is above it. */
enum { FAILURES = 3 };

/*
 * Takes the streams and really closes everything else but the failure pipe: close-on-exec would come too late, since
 * the node's root may open the descriptors of a process that is being executed (channel.h).
 */
static const char *take_streams(const struct options *options, const struct streams *streams, int failures) {
  int i;

  if (setsid() < 0) return "cannot start a session";
  if (options->tty &&
      (ioctl(streams->inner[0], TIOCSWINSZ, &options->size) != 0 || ioctl(streams->inner[0], TIOCSCTTY, 0) != 0))
    return "cannot take the terminal";
  for (i = 0; i < 3; i++)
    if (dup2(streams->inner[i], i) < 0) return "cannot take the streams";
  if ((failures != FAILURES && dup3(failures, FAILURES, O_CLOEXEC) < 0) ||
      syscall(SYS_close_range, FAILURES + 1U, ~0U, 0) != 0)
    return "cannot close the other descriptors";
  return NULL;
}

static const char *reset_signals(void) {
  sigset_t none;
  int number;

  for (number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigemptyset(&none);
  return sigprocmask(SIG_SETMASK, &none, NULL) == 0 ? NULL : "cannot reset the signals";
}

static const char *enter_directory(const struct options *options) {
  if (options->cwd != NULL) return chdir(options->cwd) == 0 ? NULL : "cannot change to the working directory";
  /* A learner may have removed root's home; a shell in / is better than none. */
  return chdir("/root") == 0 || chdir("/") == 0 ? NULL : "cannot change to a directory";
}

/* The reading end of the failure pipe closes when dd-enter dies; until PDEATHSIG is set nothing else would tell. */
static bool is_orphan(int failures) {
  struct pollfd end = {.fd = failures, .events = 0};

  return poll(&end, 1, 0) != 0;
}

void run_command(const struct options *options, const struct checked *checked, const struct streams *streams,
                 int failures) {
  const char *failed;

  /* If dd-enter dies, so does the command; with a terminal its hang-up is enough and kinder, so that is undone below.
   */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (is_orphan(failures)) _exit(EXIT_SETUP);
  umask(022);
  failed = take_streams(options, streams, failures);
  if (failed != NULL) send_failure(failures, EXIT_SETUP, errno, failed);
  failed = reset_signals();
  if (failed == NULL) failed = enter_directory(options);
  if (failed == NULL && limit_capabilities(checked->plan->capabilities) != 0) failed = "cannot limit capabilities";
  if (failed != NULL) send_failure(FAILURES, EXIT_SETUP, errno, failed);
  if (options->tty) prctl(PR_SET_PDEATHSIG, 0);
  if (load_filter(&checked->filter) != 0) send_failure(FAILURES, EXIT_SETUP, errno, "cannot load the seccomp filter");
  environ = (char **)options->environment; /* execvp looks the command up in the command's own PATH */
  execvp(options->command[0], options->command);
  send_failure(FAILURES, errno == ENOENT || errno == ENOTDIR ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE, errno,
               options->command[0]);
}
