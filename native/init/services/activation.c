/* Socket activation as in the stock docker.socket: clients that come while dockerd starts are queued, not refused. */
#include "activation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* As docker.socket's kernel default. */
#define LISTEN_BACKLOG 4096

/* getgrnam cannot be linked statically; /etc/group is `name:password:id:members`. Returns -1 when the group is unknown.
 */
static gid_t group_id(const char *name) {
  FILE *file = fopen("/etc/group", "re");
  if (!file) return (gid_t)-1;
  char line[1024];
  size_t length = strlen(name);
  gid_t id = (gid_t)-1;
  while (fgets(line, sizeof line, file)) {
    if (strncmp(line, name, length) != 0 || line[length] != ':') continue;
    char *field = strchr(line + length + 1, ':');
    if (field) id = (gid_t)strtoul(field + 1, NULL, 10);
    break;
  }
  fclose(file);
  return id;
}

bool activation_open(struct service *service) {
  const struct service_definition *definition = service->definition;
  if (!definition->listen_path || service->listen_fd >= 0) return true;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", definition->listen_path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  unlink(definition->listen_path);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, LISTEN_BACKLOG) < 0) {
    log_note(&service->log, "%s.service: cannot listen on %s: %s", definition->name, definition->listen_path,
             strerror(errno));
    if (fd >= 0) close(fd);
    return false;
  }
  gid_t group = definition->listen_group ? group_id(definition->listen_group) : (gid_t)-1;
  if (chown(definition->listen_path, 0, group) < 0 || chmod(definition->listen_path, 0660) < 0) {
    log_note(&service->log, "%s.service: cannot set the mode of %s: %s", definition->name, definition->listen_path,
             strerror(errno));
  }
  service->listen_fd = fd;
  return true;
}

void activation_close(struct service *service) {
  if (service->listen_fd < 0) return;
  close(service->listen_fd);
  service->listen_fd = -1;
  unlink(service->definition->listen_path);
}

bool unit_is_enabled(const struct service_definition *definition) {
  if (strncmp(definition->name, "drydock-", 8) == 0) return true;
  char path[128];
  struct stat status;
  snprintf(path, sizeof path, "/etc/systemd/system/multi-user.target.wants/%s.service", definition->name);
  return lstat(path, &status) == 0;
}
