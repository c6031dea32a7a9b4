/* Serves the control socket. */
#include "control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "loop.h"
#include "services/service.h"

enum expectation { EXPECT_NOTHING, EXPECT_UP, EXPECT_UP_PATIENTLY, EXPECT_DOWN };

struct client {
  struct watch watch; /* first: the loop hands it back */
  bool used;
  bool is_root;
  enum expectation expectation;
  struct service *service;
  size_t length;
  char request[CONTROL_REQUEST_BYTES];
};

static struct client clients[CONTROL_CLIENTS_MAX];

static void finish(struct client *client, const char *answer) {
  /* The peer reads or is gone; what does not fit the socket's buffer is not worth blocking PID 1. */
  if (answer && send(client->watch.fd, answer, strlen(answer), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
    /* A client that left needs no answer. */
  }
  loop_remove(&client->watch);
  close(client->watch.fd);
  client->used = false;
}

static size_t describe(const struct service *service, char *text, size_t size) {
  const struct service_definition *definition = service->definition;
  int status = service->exit_status;
  const char *result = !service->ever_exited      ? "success"
                       : WIFSIGNALED(status)      ? "signal"
                       : WEXITSTATUS(status) == 0 ? "success"
                                                  : "exit-code";
  int length = snprintf(text, size,
                        "name=%s\ndescription=%s\ndocumentation=%s\nprogram=%s\nstate=%s\nwanted=%d\npid=%d\n"
                        "since_us=%lld\nresult=%s\nexit=%d\nrestarts=%u\n",
                        definition->name, definition->description,
                        definition->documentation ? definition->documentation : "", definition->arguments[0],
                        service_state_name(service->state), service->wanted, service->pid, (long long)service->since_us,
                        result, WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), service->restarts);
  return length < 0 || (size_t)length >= size ? 0 : (size_t)length;
}

static void answer_list(struct client *client) {
  char text[4096];
  size_t used = 0;
  for (unsigned i = 0; service_at(i); i++) {
    if (used > 0 && used < sizeof text - 1) text[used++] = '\n';
    used += describe(service_at(i), text + used, sizeof text - used);
  }
  text[used] = '\0';
  finish(client, text);
}

static void perform(struct client *client, const char *verb, const char *name) {
  if (strcmp(verb, "list") == 0) return answer_list(client);
  struct service *service = service_find(name);
  if (!service) return finish(client, "unknown\n");
  client->service = service;
  if (strcmp(verb, "status") == 0) {
    char text[1024];
    text[describe(service, text, sizeof text - 1)] = '\0';
    return finish(client, text);
  }
  if (strcmp(verb, "wait") == 0) {
    client->expectation = EXPECT_UP_PATIENTLY;
    return;
  }
  if (!client->is_root) return finish(client, "denied\n");
  if (strcmp(verb, "start") == 0) {
    client->expectation = EXPECT_UP;
    service_start(service);
  } else if (strcmp(verb, "restart") == 0) {
    client->expectation = EXPECT_UP;
    service_restart(service);
  } else if (strcmp(verb, "stop") == 0) {
    client->expectation = EXPECT_DOWN;
    service_stop(service);
  } else if (strcmp(verb, "reload") == 0) {
    finish(client, service_reload(service) ? "ok\n" : "failed\n");
  } else {
    finish(client, "unknown\n");
  }
}

static void on_request(struct watch *watch) {
  struct client *client = (struct client *)watch;
  ssize_t count =
      recv(watch->fd, client->request + client->length, sizeof client->request - 1 - client->length, MSG_DONTWAIT);
  if (count <= 0 || client->expectation != EXPECT_NOTHING) return finish(client, NULL);
  client->length += (size_t)count;
  client->request[client->length] = '\0';
  char *newline = strchr(client->request, '\n');
  if (!newline) {
    if (client->length == sizeof client->request - 1) finish(client, "unknown\n");
    return;
  }
  *newline = '\0';
  char *space = strchr(client->request, ' ');
  if (space) *space = '\0';
  perform(client, client->request, space ? space + 1 : "");
}

static void on_connection(struct watch *watch) {
  int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
    struct client *client = &clients[i];
    if (client->used) continue;
    struct ucred peer;
    socklen_t length = sizeof peer;
    bool known = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0;
    *client = (struct client){
        .watch = {.fd = fd, .on_readable = on_request}, .used = true, .is_root = known && peer.uid == 0};
    loop_add(&client->watch);
    return;
  }
  close(fd);
}

void control_settle(void) {
  for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
    struct client *client = &clients[i];
    if (!client->used || client->expectation == EXPECT_NOTHING) continue;
    enum service_state state = client->service->state;
    bool ended = state == SERVICE_STOPPED || state == SERVICE_FAILED;
    switch (client->expectation) {
      case EXPECT_UP:
        if (state == SERVICE_RUNNING) finish(client, "ok\n");
        else if (ended || state == SERVICE_BACKOFF) finish(client, "failed\n");
        break;
      case EXPECT_UP_PATIENTLY:
        if (state == SERVICE_RUNNING) finish(client, "ok\n");
        break;
      case EXPECT_DOWN:
        if (ended) finish(client, "ok\n");
        else if (client->service->wanted) finish(client, "failed\n");
        break;
      case EXPECT_NOTHING: break;
    }
  }
}

void control_open(void) {
  static struct watch watch = {.on_readable = on_connection};
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = CONTROL_SOCKET_PATH};
  unlink(CONTROL_SOCKET_PATH);
  watch.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (watch.fd < 0 || bind(watch.fd, (struct sockaddr *)&address, sizeof address) < 0 ||
      listen(watch.fd, CONTROL_CLIENTS_MAX) < 0) {
    log_error(CONTROL_SOCKET_PATH);
    exit(1);
  }
  /* Everybody may ask for the status; changes are root's. */
  chmod(CONTROL_SOCKET_PATH, 0666);
  loop_add(&watch);
}
