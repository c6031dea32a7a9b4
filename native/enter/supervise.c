/* One poll loop over the lanes and the signals. */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "../common/fail.h"
#include "../common/lines.h"
#include "pump.h"

/* What a command's left-over background processes may still write once it has ended: one full pipe. */
enum { MAX_DRAIN_BYTES = 1024 * 1024, MAX_LANES = 3, MAX_SIZE_CHARACTERS = 16 };

struct loop {
  const struct options *options;
  const struct command *command;
  struct lane *lanes;
  int lane_count;
  int signals;
  int sizes;    /* see options.h; -1 once it has ended too */
  int ended_by; /* a signal that told dd-enter to stop, or 0 */
  bool exited;
};

/* The node's terminal, for the lines of sizes. */
static int inner_terminal;
static struct termios outer_settings;
static int outer_flags[3];

int watch_signals(void) {
  static const int HANDLED[] = {SIGCHLD, SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGQUIT};
  sigset_t set;
  size_t i;
  int fd;

  sigemptyset(&set);
  for (i = 0; i < sizeof(HANDLED) / sizeof(HANDLED[0]); i++) sigaddset(&set, HANDLED[i]);
  signal(SIGPIPE, SIG_IGN);
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 || (fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
    fail(errno, "cannot watch signals");
  return fd;
}

static void restore_outer(void) {
  int i;

  if (outer_settings.c_cflag != 0) tcsetattr(0, TCSANOW, &outer_settings);
  for (i = 0; i < 3; i++)
    if (outer_flags[i] >= 0) fcntl(i, F_SETFL, outer_flags[i]);
}

/* The outer terminal must neither echo nor interpret: the node's own terminal does that. */
static void prepare_outer(const struct options *options) {
  struct termios raw;
  int i;

  for (i = 0; i < 3; i++) {
    outer_flags[i] = fcntl(i, F_GETFL);
    if (outer_flags[i] >= 0) fcntl(i, F_SETFL, outer_flags[i] | O_NONBLOCK);
  }
  if (options->tty && tcgetattr(0, &outer_settings) == 0) {
    raw = outer_settings;
    cfmakeraw(&raw);
    tcsetattr(0, TCSANOW, &raw);
  }
  atexit(restore_outer);
}

static void pass_size_on(const struct loop *loop) {
  struct winsize size;

  if (loop->options->tty && ioctl(0, TIOCGWINSZ, &size) == 0 && size.ws_col != 0 && size.ws_row != 0)
    ioctl(loop->command->streams[0], TIOCSWINSZ, &size);
}

static void set_size(const char *line) {
  struct winsize size;

  if (parse_size(line, &size)) ioctl(inner_terminal, TIOCSWINSZ, &size);
}

static void read_sizes(struct loop *loop) {
  static char text[MAX_SIZE_CHARACTERS];
  static struct lines lines = {.text = text, .size = sizeof(text)};

  if (!lines_read(&lines, loop->sizes, set_size)) loop->sizes = -1;
}

static void make_lanes(struct loop *loop) {
  const int *streams = loop->command->streams;
  int i;

  loop->lane_count = loop->options->tty ? 2 : 3;
  loop->lanes = calloc((size_t)loop->lane_count, sizeof(struct lane));
  if (loop->lanes == NULL) fail(ENOMEM, "cannot start");
  if (loop->options->tty) {
    loop->lanes[0].from = 0;
    loop->lanes[0].to = streams[0];
    loop->lanes[1].from = streams[0];
    loop->lanes[1].to = 1;
    return;
  }
  for (i = 0; i < 3; i++) {
    loop->lanes[i].from = i == 0 ? 0 : streams[i];
    loop->lanes[i].to = i == 0 ? streams[0] : i;
    fcntl(streams[i], F_SETFL, O_NONBLOCK);
  }
  loop->lanes[0].close_to = true;
}

static void handle_signals(struct loop *loop) {
  struct signalfd_siginfo info;
  siginfo_t child = {0};

  while (read(loop->signals, &info, sizeof(info)) == sizeof(info)) {
    if (info.ssi_signo == SIGWINCH) pass_size_on(loop);
    else if (info.ssi_signo != SIGCHLD) loop->ended_by = (int)info.ssi_signo;
  }
  /* Not reaped yet: until dd-enter is done, the number of the process group cannot become another's. */
  if (waitid(P_PID, (id_t)loop->command->pid, &child, WEXITED | WNOHANG | WNOWAIT) == 0 && child.si_pid != 0)
    loop->exited = true;
}

static bool holds_output(const struct loop *loop) {
  int i;

  for (i = 1; i < loop->lane_count; i++)
    if (lane_holds(&loop->lanes[i])) return true;
  return false;
}

/* Waits for any lane or signal (at most `timeout_ms`) and moves what can be moved; the number of bytes that came in. */
static size_t turn(struct loop *loop, int timeout_ms) {
  struct pollfd fds[2 + 2 * MAX_LANES];
  nfds_t count = 2;
  size_t came = 0;
  int i;

  fds[0] = (struct pollfd){.fd = loop->signals, .events = POLLIN};
  fds[1] = (struct pollfd){.fd = loop->sizes, .events = POLLIN};
  for (i = 0; i < loop->lane_count; i++, count += 2) lane_wants(&loop->lanes[i], &fds[count]);
  if (poll(fds, count, timeout_ms) < 0) {
    if (errno != EINTR) fail(errno, "poll");
    return 0;
  }
  for (i = 0; i < loop->lane_count; i++) {
    struct lane *lane = &loop->lanes[i];
    bool held = lane_holds(lane);

    lane_move(lane, &fds[2 + 2 * i]);
    if (i > 0 && !held && fds[2 + 2 * i].revents != 0) came += lane->end;
  }
  if (fds[0].revents != 0) handle_signals(loop);
  if (fds[1].revents != 0) read_sizes(loop);
  return came;
}

/* Everything that the command itself wrote is in the kernel when it has ended; it goes out before dd-enter ends. */
static void drain(struct loop *loop) {
  size_t total = 0;

  lane_end(&loop->lanes[0]);
  while (loop->ended_by == 0 && (total < MAX_DRAIN_BYTES || holds_output(loop))) {
    bool held = holds_output(loop);
    size_t came = turn(loop, held ? -1 : 0);

    total += came;
    /* A turn that had bytes to write may not have read: only an idle one shows that there is no more. */
    if (!held && came == 0) break;
  }
}

int supervise(const struct options *options, const struct command *command, int signals) {
  struct loop loop = {.options = options, .command = command, .signals = signals, .sizes = options->sizes};
  siginfo_t end = {0};

  inner_terminal = command->streams[0];
  make_lanes(&loop);
  prepare_outer(options);
  pass_size_on(&loop);
  handle_signals(&loop);
  while (!loop.exited && loop.ended_by == 0) {
    turn(&loop, -1);
    if (options->tty && loop.lanes[0].from < 0 && !lane_holds(&loop.lanes[0]) && !loop.exited)
      loop.ended_by = SIGHUP; /* the outer terminal has gone */
  }
  if (loop.exited) drain(&loop);
  else if (!options->tty) kill(-command->pid, SIGKILL);
  else return 128 + loop.ended_by; /* closing the master hangs the node's terminal up */

  if (waitid(P_PID, (id_t)command->pid, &end, WEXITED) != 0) fail(errno, "cannot wait for the command");
  if (loop.ended_by != 0 && !loop.exited) return 128 + loop.ended_by;
  return end.si_code == CLD_EXITED ? end.si_status : 128 + end.si_status;
}
