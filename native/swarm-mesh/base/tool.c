/* Running one of the system's own tools inside a network namespace. */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../common/cleanup.h"

/* Tools take a few milliseconds; one that hangs, say on a lock, must not stop the mesh. */
#define TOOL_TIMEOUT_MS 10000

static long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* The input as a file in memory: a pipe of unlimited size, so that nobody waits for anybody. Returns -1 on failure. */
static int input_file(const struct buffer *input) {
  if (!input || !input->data) return open("/dev/null", O_RDONLY | O_CLOEXEC);
  int fd = memfd_create("input", MFD_CLOEXEC);
  for (size_t done = 0; fd >= 0 && done < input->length;) {
    ssize_t wrote = write(fd, input->data + done, input->length - done);
    if (wrote < 0) {
      close(fd);
      return -1;
    }
    done += (size_t)wrote;
  }
  if (fd >= 0) lseek(fd, 0, SEEK_SET);
  return fd;
}

static void become_tool(int netns, const char *const argv[], int in, int out, int err) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (setns(netns, CLONE_NEWNET) < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) _exit(126);
  execvp(argv[0], (char *const *)argv);
  _exit(127);
}

/* Moves what the tool says into the buffers until it closes both ends or the time is over. */
static void collect(int fds[2], struct buffer *buffers[2], long long deadline) {
  while (fds[0] >= 0 || fds[1] >= 0) {
    struct pollfd polled[2] = {{.fd = fds[0], .events = POLLIN}, {.fd = fds[1], .events = POLLIN}};
    long long left = deadline - now_ms();
    if (left <= 0 || (poll(polled, 2, (int)left) < 0 && errno != EINTR)) return;
    for (int i = 0; i < 2; i++) {
      if (fds[i] < 0 || !(polled[i].revents & (POLLIN | POLLHUP | POLLERR))) continue;
      char part[4096];
      ssize_t got = read(fds[i], part, sizeof part);
      if (got > 0 && buffers[i]) buffer_append(buffers[i], part, (size_t)got);
      if (got <= 0) {
        close(fds[i]);
        fds[i] = -1;
      }
    }
  }
}

static int reap(pid_t child, long long deadline) {
  int status;
  for (;;) {
    pid_t done = waitpid(child, &status, now_ms() < deadline ? WNOHANG : 0);
    if (done == child) return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (done < 0 && errno != EINTR) return -1;
    if (now_ms() >= deadline) kill(child, SIGKILL);
    usleep(500);
  }
}

/* Two descriptors of one thing, or -1 each. */
struct ends {
  int fds[2];
};

static void close_ends(struct ends *ends) {
  for (int i = 0; i < 2; i++) close_fd(&ends->fds[i]);
}

#define CLOSED_ENDS __attribute__((cleanup(close_ends)))

int tool_run(int netns, const char *const argv[], const struct buffer *input, struct buffer *output,
             struct buffer *errors) {
  CLOSED_AT_END int in = input_file(input);
  struct ends out CLOSED_ENDS = {{-1, -1}}, err CLOSED_ENDS = {{-1, -1}};
  if (in < 0 || pipe2(out.fds, O_CLOEXEC) < 0 || pipe2(err.fds, O_CLOEXEC) < 0) return -1;
  pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) become_tool(netns, argv, in, out.fds[1], err.fds[1]);
  /* Else the end of what the child writes would never come. */
  close_fd(&out.fds[1]);
  close_fd(&err.fds[1]);
  long long deadline = now_ms() + TOOL_TIMEOUT_MS;
  struct ends reads CLOSED_ENDS = {{take_fd(&out.fds[0]), take_fd(&err.fds[0])}};
  collect(reads.fds, (struct buffer *[]){output, errors}, deadline);
  return reap(child, deadline);
}
