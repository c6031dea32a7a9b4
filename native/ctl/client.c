/* The client side of PID 1's control socket. */
#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"

static int open_socket(int timeout_seconds) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = CONTROL_SOCKET_PATH};
  struct timeval limit = {.tv_sec = timeout_seconds};
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

bool ask(const char *verb, const char *name, int timeout_seconds, char text[ANSWER_BYTES]) {
  int fd = open_socket(timeout_seconds);
  if (fd < 0) {
    fprintf(stderr, "Cannot reach this node's init on " CONTROL_SOCKET_PATH ": %s\n", strerror(errno));
    return false;
  }
  if (dprintf(fd, "%s %s\n", verb, name) < 0) {
    close(fd);
    return false;
  }
  size_t used = 0;
  ssize_t count;
  while (used < ANSWER_BYTES - 1 && (count = read(fd, text + used, ANSWER_BYTES - 1 - used)) > 0) used += (size_t)count;
  bool late = used == 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  close(fd);
  text[used] = '\0';
  if (late) fprintf(stderr, "%s of %s is still under way after %d s.\n", verb, name, timeout_seconds);
  return used > 0;
}

static void copy(char *target, size_t size, const char *value, size_t length) {
  if (length > size - 1) length = size - 1;
  memcpy(target, value, length);
  target[length] = '\0';
}

const char *parse_status(const char *text, struct service_status *status) {
  memset(status, 0, sizeof *status);
  while (*text && *text != '\n') {
    size_t length = strcspn(text, "\n");
    const char *equals = memchr(text, '=', length);
    if (equals) {
      size_t key = (size_t)(equals - text);
      const char *value = equals + 1;
      size_t size = length - key - 1;
#define FIELD(word) (key == strlen(word) && memcmp(text, word, key) == 0)
      if (FIELD("name")) copy(status->name, sizeof status->name, value, size);
      else if (FIELD("description")) copy(status->description, sizeof status->description, value, size);
      else if (FIELD("documentation")) copy(status->documentation, sizeof status->documentation, value, size);
      else if (FIELD("program")) copy(status->program, sizeof status->program, value, size);
      else if (FIELD("state")) copy(status->state, sizeof status->state, value, size);
      else if (FIELD("result")) copy(status->result, sizeof status->result, value, size);
      else if (FIELD("pid")) status->pid = atoi(value);
      else if (FIELD("exit")) status->exit = atoi(value);
      else if (FIELD("restarts")) status->restarts = atoi(value);
      else if (FIELD("since_us")) status->since_us = atoll(value);
#undef FIELD
    }
    text += length;
    if (*text == '\n') text++;
  }
  return *text == '\n' ? text + 1 : NULL;
}

bool ask_status(const char *name, struct service_status *status) {
  char text[ANSWER_BYTES];
  if (!ask("status", name, 5, text) || strcmp(text, "unknown\n") == 0) return false;
  parse_status(text, status);
  return true;
}
