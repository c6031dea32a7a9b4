/* Reports and failures of dd-enter's children. */
#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../common/fail.h"
#include "exit-status.h"

struct failure {
  int status;
  int error;
  char what[96];
};

union control {
  char bytes[CMSG_SPACE(sizeof(int) * MAX_STREAMS)];
  struct cmsghdr align;
};

void open_channel(struct channel *channel) {
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel->reports) != 0 ||
      pipe2(channel->failures, O_CLOEXEC) != 0)
    fail(errno, "cannot make a channel");
}

void send_report(int fd, const struct report *report) {
  union control control = {0};
  size_t size = sizeof(int) * (size_t)report->stream_count;
  struct iovec part = {.iov_base = (void *)report, .iov_len = sizeof(*report)};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = CMSG_SPACE(size)};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);

  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(size);
  memcpy(CMSG_DATA(header), report->streams, size);
  while (sendmsg(fd, &message, MSG_NOSIGNAL) < 0)
    if (errno != EINTR) _exit(EXIT_SETUP);
}

void send_failure(int fd, int status, int error, const char *what) {
  struct failure failure = {.status = status, .error = error};

  snprintf(failure.what, sizeof(failure.what), "%s", what);
  if (write(fd, &failure, sizeof(failure)) != sizeof(failure)) _exit(EXIT_SETUP);
  _exit(status);
}

static void wait_readable(int fd, int timeout_ms) {
  struct pollfd readable = {.fd = fd, .events = POLLIN};
  int ready;

  while ((ready = poll(&readable, 1, timeout_ms)) < 0 && errno == EINTR) continue;
  if (ready == 0) fail(0, "the command did not start in time");
}

/* 1, or 0 when the first child has ended without a report. */
static int receive_report(int fd, struct report *report) {
  union control control = {0};
  struct iovec part = {.iov_base = report, .iov_len = sizeof(*report)};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control)};
  struct cmsghdr *header;
  ssize_t length;

  while ((length = recvmsg(fd, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) continue;
  if (length == 0) return 0;
  header = CMSG_FIRSTHDR(&message);
  if (length != sizeof(*report) || header == NULL || report->stream_count < 1 || report->stream_count > MAX_STREAMS ||
      header->cmsg_len != CMSG_LEN(sizeof(int) * (size_t)report->stream_count))
    fail(0, "the command's streams did not arrive");
  memcpy(report->streams, CMSG_DATA(header), sizeof(int) * (size_t)report->stream_count);
  return 1;
}

/* Returns when the pipe has ended without a failure. The text may be the node's own: it only ever gets printed. */
static void hear_failures(int fd) {
  struct failure failure;
  ssize_t length;

  while ((length = read(fd, &failure, sizeof(failure))) < 0 && errno == EINTR) continue;
  if (length == 0) return;
  failure.what[sizeof(failure.what) - 1] = '\0';
  if (length != sizeof(failure) || failure.status < EXIT_SETUP || failure.status > EXIT_NOT_FOUND)
    fail(0, "the command could not be started");
  fail_with(failure.status, failure.error, "%s", failure.what);
}

struct report await_start(const struct channel *channel, int timeout_ms) {
  struct report report = {0};
  int reported;

  wait_readable(channel->reports[0], timeout_ms);
  reported = receive_report(channel->reports[0], &report);
  wait_readable(channel->failures[0], timeout_ms);
  hear_failures(channel->failures[0]);
  if (!reported || report.pid <= 0) fail(0, "the command could not be started");
  close(channel->reports[0]);
  close(channel->failures[0]);
  return report;
}
