/* Unit names and their enablement. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WANTS_DIRECTORY "/etc/systemd/system/multi-user.target.wants"

static const char *base_name(const char *unit) {
  static char name[64];
  snprintf(name, sizeof name, "%s", unit);
  size_t length = strlen(name);
  if (length > 8 && strcmp(name + length - 8, ".service") == 0) name[length - 8] = '\0';
  return strcmp(name, "sshd") == 0 ? "ssh" : name;
}

const char *unit_service(const char *unit) {
  static char name[64];
  struct service_status status;
  snprintf(name, sizeof name, "%s", base_name(unit));
  if (name[strcspn(name, " \n")] != '\0') return NULL;
  return ask_status(name, &status) ? name : NULL;
}

bool unit_is_socket(const char *unit) { return strcmp(unit, "docker.socket") == 0; }

bool unit_has_init_script(const char *unit) {
  char path[96];
  if (strchr(unit, '/')) return false;
  snprintf(path, sizeof path, "/etc/init.d/%s", base_name(unit));
  return access(path, X_OK) == 0;
}

const char *unit_file(const char *service) {
  static char path[128];
  snprintf(path, sizeof path, "/usr/lib/systemd/system/%s.service", service);
  return access(path, F_OK) == 0 ? path : NULL;
}

static const char *link_path(const char *service) {
  static char path[128];
  snprintf(path, sizeof path, WANTS_DIRECTORY "/%s.service", service);
  return path;
}

bool unit_enabled(const char *service) {
  struct stat status;
  return strncmp(service, "drydock-", 8) == 0 || lstat(link_path(service), &status) == 0;
}

static int refuse_static(const char *service, const char *verb) {
  fprintf(stderr, "%s.service belongs to Drydock and always starts with the node; it cannot be %s.\n", service, verb);
  return 1;
}

int unit_enable(const char *service) {
  const char *file = unit_file(service);
  if (!file) return refuse_static(service, "enabled");
  mkdir("/etc/systemd/system", 0755);
  mkdir(WANTS_DIRECTORY, 0755);
  if (symlink(file, link_path(service)) == 0) {
    fprintf(stderr, "Created symlink '%s' → '%s'.\n", link_path(service), file);
  } else if (errno != EEXIST) {
    fprintf(stderr, "Failed to enable unit: %s\n", strerror(errno));
    return 1;
  }
  return 0;
}

int unit_disable(const char *service) {
  if (!unit_file(service)) return refuse_static(service, "disabled");
  if (unlink(link_path(service)) == 0) {
    fprintf(stderr, "Removed '%s'.\n", link_path(service));
  } else if (errno != ENOENT) {
    fprintf(stderr, "Failed to disable unit: %s\n", strerror(errno));
    return 1;
  }
  return 0;
}
