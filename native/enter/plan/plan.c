/* Parses enter.plan: one "word value..." a line, so that no parser of a rich format runs as root. */
#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../common/fail.h"
#include "../../common/parse.h"

static const struct {
  const char *name;
  int resource;
} RLIMITS[] = {
    {"nofile", RLIMIT_NOFILE},     {"nproc", RLIMIT_NPROC},   {"core", RLIMIT_CORE},
    {"memlock", RLIMIT_MEMLOCK},   {"stack", RLIMIT_STACK},   {"sigpending", RLIMIT_SIGPENDING},
    {"msgqueue", RLIMIT_MSGQUEUE}, {"rtprio", RLIMIT_RTPRIO}, {"nice", RLIMIT_NICE},
};

/* The file's text; the caller owns it. A plan that anybody but root could have written is refused. */
static char *read_text(const char *path) {
  struct stat status;
  ssize_t length;
  char *text;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

  if (fd < 0) fail(errno, "cannot read %s", path);
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != 0 || (status.st_mode & 022) != 0)
    fail(0, "%s must be a file that only root can write", path);
  text = calloc(1, MAX_PLAN_BYTES + 1);
  if (text == NULL) fail(ENOMEM, "cannot read %s", path);
  length = read(fd, text, MAX_PLAN_BYTES + 1);
  if (length < 0) fail(errno, "cannot read %s", path);
  if (length > MAX_PLAN_BYTES) fail(0, "%s is longer than %d bytes", path, MAX_PLAN_BYTES);
  close(fd);
  return text;
}

static unsigned long long parse_number(const char *text, int base, const char *word) {
  unsigned long long value;

  if (!parse_whole(text, base, &value)) fail(0, "enter.plan: %s is not a number: \"%s\"", word, text);
  return value;
}

static char *parse_path(char *text, const char *word) {
  if (text[0] != '/' || strstr(text, "/../") != NULL)
    fail(0, "enter.plan: %s is not an absolute path: \"%s\"", word, text);
  return text;
}

/* "nofile 1048576 1048576" after the word "rlimit". */
static void parse_rlimit(struct plan *plan, char *value) {
  char *rest = value;
  char *name = strsep(&rest, " ");
  char *soft = strsep(&rest, " ");
  char *hard = strsep(&rest, " ");
  size_t i;

  if (hard == NULL || plan->rlimit_count == MAX_RLIMITS) fail(0, "enter.plan: bad rlimit");
  for (i = 0; i < sizeof(RLIMITS) / sizeof(RLIMITS[0]); i++)
    if (strcmp(RLIMITS[i].name, name) == 0) {
      plan->rlimits[plan->rlimit_count++] = (struct plan_rlimit){
          .resource = RLIMITS[i].resource,
          .limit = {parse_number(soft, 10, "rlimit"), parse_number(hard, 10, "rlimit")},
      };
      return;
    }
  fail(0, "enter.plan: unknown rlimit \"%s\"", name);
}

static void parse_line(struct plan *plan, char *line) {
  char *value = strchr(line, ' ');

  if (value == NULL || value[1] == '\0') fail(0, "enter.plan: no value in \"%s\"", line);
  *value++ = '\0';
  if (strcmp(line, "pid") == 0) plan->pid = (pid_t)parse_number(value, 10, line);
  else if (strcmp(line, "started") == 0) plan->started = parse_number(value, 10, line);
  else if (strcmp(line, "capabilities") == 0) plan->capabilities = parse_number(value, 16, line);
  else if (strcmp(line, "seccomp") == 0) plan->seccomp = parse_path(value, line);
  else if (strcmp(line, "apparmor") == 0) plan->apparmor = value;
  else if (strcmp(line, "rlimit") == 0) parse_rlimit(plan, value);
  else if (strcmp(line, "cgroup") == 0 && plan->cgroup_count < MAX_CGROUPS)
    plan->cgroups[plan->cgroup_count++] = parse_path(value, line);
  else /* a word this version does not know may be a restriction it would leave out */
    fail(0, "enter.plan: unknown word \"%s\"", line);
}

/* The plan, whose strings lie in `text`. */
static struct plan parse_plan(char *text) {
  struct plan plan = {0};
  char *line;

  while ((line = strsep(&text, "\n")) != NULL)
    if (*line != '\0') parse_line(&plan, line);
  if (plan.pid <= 1 || plan.started == 0) fail(0, "enter.plan names no process");
  if (plan.seccomp == NULL) fail(0, "enter.plan names no seccomp filter");
  if (plan.cgroup_count == 0) fail(0, "enter.plan names no cgroup");
  return plan;
}

struct plan read_plan(const char *node_dir) {
  char *path, *text;

  if (asprintf(&path, "%s/enter.plan", node_dir) < 0) fail(ENOMEM, "cannot read the plan");
  text = read_text(path);
  free(path);
  return parse_plan(text);
}
