/*
 * In a swarm the mesh asks dockerd's diagnostic server at each change, and the agent asks for the ingress network.
 * dockerd writes several lines about each question, whole tables among them: hundreds a minute in a busy swarm, which
 * push out what a learner looks for. They are dropped here, since dockerd has no switch for them.
 */
#include "quiet.h"

#include <string.h>

static bool begins(const char *text, size_t length, const char *beginning) {
  size_t wanted = strlen(beginning);
  return length >= wanted && memcmp(text, beginning, wanted) == 0;
}

bool quiet_docker_line(const char *line, size_t length) {
  /* As dockerd writes it: time="2026-11-29T07:47:55.838412420Z" level=info msg="get table" component=diagnostic ... */
  static const char time[] = "time=\"", info[] = " level=info msg=\"";
  if (!begins(line, length, time)) return false;
  const char *end = memchr(line + sizeof time - 1, '"', length - (sizeof time - 1));
  if (!end) return false;
  const char *rest = end + 1;
  length -= (size_t)(rest - line);
  /* `docker network inspect --verbose` of a network writes this for each endpoint that is no task's: no fault. */
  if (begins(rest, length, " level=error msg=\"Inconsistent driver and libnetwork state for endpoint ")) return true;
  if (!begins(rest, length, info)) return false;
  size_t at = sizeof info - 1;
  while (at < length && rest[at] != '"') at += rest[at] == '\\' ? 2 : 1;
  return at < length && begins(rest + at, length - at, "\" component=diagnostic ");
}
