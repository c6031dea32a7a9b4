/* fork and exec of a daemon with the environment, limits and descriptors that its unit file promises. */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "notify.h"

#define ARGUMENTS_MAX 64
#define ENVIRONMENT_LINES_MAX 64
/* systemd's fs.nr_open-bound `infinity` means about a million here too. */
#define OPEN_FILES_MAX 1048576
#define ACTIVATION_FD 3

/* Puts the KEY=VALUE lines of an EnvironmentFile into the environment of the calling (child) process. */
static void load_environment(const char *path) {
  FILE *file = fopen(path, "re");
  if (!file) return;
  char line[4096];
  for (int count = 0; count < ENVIRONMENT_LINES_MAX && fgets(line, sizeof line, file); count++) {
    char *key = line + strspn(line, " \t");
    if (strncmp(key, "export ", 7) == 0) key += 7;
    char *equals = strchr(key, '=');
    if (*key == '#' || !equals) continue;
    *equals = '\0';
    char *value = equals + 1;
    value[strcspn(value, "\n")] = '\0';
    size_t length = strlen(value);
    while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t')) value[--length] = '\0';
    if (length >= 2 && (value[0] == '"' || value[0] == '\'') && value[length - 1] == value[0]) {
      value[length - 1] = '\0';
      value++;
    }
    setenv(key, value, 1);
  }
  fclose(file);
}

static void set_limit(int resource, rlim_t wanted) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) < 0) return;
  limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
  setrlimit(resource, &limit);
}

static void die(const char *what) {
  dprintf(STDERR_FILENO, "%s: %s\n", what, strerror(errno));
  _exit(203);
}

static void become(struct service *service) {
  const struct service_definition *definition = service->definition;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  setsid();

  int null_fd = open("/dev/null", O_RDONLY);
  if (null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0) die("/dev/null");
  if (dup2(service->log.write_fd, STDOUT_FILENO) < 0 || dup2(service->log.write_fd, STDERR_FILENO) < 0) die("log pipe");

  clearenv();
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
  setenv("LANG", "C.UTF-8", 1);
  setenv("HOME", "/root", 1);
  if (definition->environment_file) load_environment(definition->environment_file);
  if (definition->notifies) setenv("NOTIFY_SOCKET", NOTIFY_SOCKET_PATH, 1);
  if (service->listen_fd >= 0) {
    char number[16];
    snprintf(number, sizeof number, "%d", getpid());
    setenv("LISTEN_PID", number, 1);
    setenv("LISTEN_FDS", "1", 1);
    /* dup2 onto itself would leave close-on-exec set. */
    if (service->listen_fd == ACTIVATION_FD) {
      if (fcntl(ACTIVATION_FD, F_SETFD, 0) < 0) die("activation socket");
    } else if (dup2(service->listen_fd, ACTIVATION_FD) < 0) {
      die("activation socket");
    }
  }
  set_limit(RLIMIT_NOFILE, OPEN_FILES_MAX);
  set_limit(RLIMIT_NPROC, RLIM_INFINITY);
  if (definition->runtime_directory) mkdir(definition->runtime_directory, 0755);

  const char *arguments[ARGUMENTS_MAX + 1];
  int count = 0;
  for (; definition->arguments[count]; count++) arguments[count] = definition->arguments[count];
  char *options = definition->options_variable ? getenv(definition->options_variable) : NULL;
  char *rest = NULL;
  for (char *word = options ? strtok_r(options, " \t", &rest) : NULL; word && count < ARGUMENTS_MAX;
       word = strtok_r(NULL, " \t", &rest)) {
    arguments[count++] = word;
  }
  arguments[count] = NULL;
  if (chdir("/") < 0) die("/");
  umask(022);
  execv(arguments[0], (char *const *)arguments);
  die(arguments[0]);
}

pid_t spawn_service(struct service *service) {
  pid_t pid = fork();
  if (pid == 0) become(service);
  if (pid < 0) log_note(&service->log, "%s.service: cannot fork: %s", service->definition->name, strerror(errno));
  return pid;
}
