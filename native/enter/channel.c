/* Messages with descriptors between dd-enter and its children. */
#include "channel.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fail.h"

void open_channel(int ends[2])
{
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    fail(errno, "cannot make a socket pair");
}

union control {
  char bytes[CMSG_SPACE(sizeof(int) * MAX_STREAMS)];
  struct cmsghdr align;
};

void send_report(int fd, const struct report *report)
{
  union control control = {0};
  struct iovec part = {.iov_base = (void *)report, .iov_len = sizeof(*report)};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

  if (report->stream_count > 0) {
    size_t size = sizeof(int) * (size_t)report->stream_count;
    struct cmsghdr *header;

    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(size);
    header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(header), report->streams, size);
  }
  while (sendmsg(fd, &message, MSG_NOSIGNAL) < 0)
    if (errno != EINTR)
      _exit(EXIT_SETUP);
}

void send_failure(int fd, int status, int error, const char *what)
{
  struct report report = {.kind = REPORT_FAILED, .value = error, .status = status};

  snprintf(report.what, sizeof(report.what), "%s", what);
  send_report(fd, &report);
  _exit(status);
}

int receive_report(int fd, struct report *report, int timeout_ms)
{
  union control control = {0};
  struct iovec part = {.iov_base = report, .iov_len = sizeof(*report)};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control)};
  struct pollfd readable = {.fd = fd, .events = POLLIN};
  struct cmsghdr *header;
  ssize_t length;
  int ready;

  while ((ready = poll(&readable, 1, timeout_ms)) < 0 && errno == EINTR)
    continue;
  if (ready == 0)
    fail(0, "the command did not start in time");
  while ((length = recvmsg(fd, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
    continue;
  if (length == 0)
    return 0;
  if (length != sizeof(*report))
    fail(length < 0 ? errno : 0, "a child's report was cut short");
  report->what[sizeof(report->what) - 1] = '\0';
  header = CMSG_FIRSTHDR(&message);
  if (report->kind == REPORT_STREAMS) {
    if (report->stream_count < 1 || report->stream_count > MAX_STREAMS || header == NULL ||
        header->cmsg_len != CMSG_LEN(sizeof(int) * (size_t)report->stream_count))
      fail(0, "a child's streams did not arrive");
    memcpy(report->streams, CMSG_DATA(header), sizeof(int) * (size_t)report->stream_count);
  }
  return 1;
}
