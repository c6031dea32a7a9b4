/* Receives readiness messages; the kernel says which process sent each. */
#include "notify.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../log.h"
#include "../loop.h"
#include "service.h"

static bool has_line(const char *message, const char *line) {
  size_t length = strlen(line);
  for (const char *at = message; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
    if (strncmp(at, line, length) == 0 && (at[length] == '\n' || at[length] == '\0')) return true;
  }
  return false;
}

static void on_message(struct watch *watch) {
  char message[4096];
  union {
    char space[CMSG_SPACE(sizeof(struct ucred))];
    struct cmsghdr align;
  } control;
  struct iovec part = {.iov_base = message, .iov_len = sizeof message - 1};
  struct msghdr header = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
  ssize_t length = recvmsg(watch->fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (length < 0) return;
  message[length] = '\0';
  struct cmsghdr *item = CMSG_FIRSTHDR(&header);
  if (!item || item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_CREDENTIALS) return;
  struct ucred sender;
  memcpy(&sender, CMSG_DATA(item), sizeof sender);
  if (has_line(message, "READY=1")) service_process_ready(sender.pid);
}

void notify_open(void) {
  static struct watch watch = {.on_readable = on_message};
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = NOTIFY_SOCKET_PATH};
  int on = 1;
  unlink(NOTIFY_SOCKET_PATH);
  watch.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (watch.fd < 0 || setsockopt(watch.fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 ||
      bind(watch.fd, (struct sockaddr *)&address, sizeof address) < 0) {
    log_error(NOTIFY_SOCKET_PATH);
    exit(1);
  }
  loop_add(&watch);
}
