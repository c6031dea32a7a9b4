/*
 * The page of drydock/web: version, container, node and a count of visits kept by a redis by the name `redis`, if there is one.
 * One thread a connection; a redis that is slow or absent holds no page up for long; SIGTERM ends it at once with status 0.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../http-server.h"

#define REDIS_MS 400
/* A name that does not resolve is not asked for again so soon: most demos run without redis. */
#define REDIS_RETRY_SECONDS 2

static atomic_long redis_absent_until;

static const char *variable(const char *name, const char *fallback) {
  const char *value = getenv(name);
  return value && *value ? value : fallback;
}

/* For text between tags; the names come from whoever started the container. */
static void escape(char *target, size_t size, const char *text) {
  size_t used = 0;
  for (; *text && used + 7 < size; text++) {
    const char *entity = *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : *text == '>' ? "&gt;" : NULL;
    if (entity) used += (size_t)sprintf(target + used, "%s", entity);
    else target[used++] = *text;
  }
  target[used] = '\0';
}

static int connect_within(const struct addrinfo *address, int milliseconds) {
  int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  if (connect(fd, address->ai_addr, address->ai_addrlen) == 0) return fd;
  struct pollfd waiting = {.fd = fd, .events = POLLOUT};
  int failure = 0;
  socklen_t length = sizeof failure;
  if (errno == EINPROGRESS && poll(&waiting, 1, milliseconds) == 1 &&
      getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &length) == 0 && failure == 0) {
    return fd;
  }
  close(fd);
  return -1;
}

/* INCR visits; -1 without a redis. */
static long count_visit(void) {
  if (time(NULL) < atomic_load(&redis_absent_until)) return -1;
  struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;
  long visits = -1;
  int fd = -1;
  if (getaddrinfo(variable("REDIS_HOST", "redis"), variable("REDIS_PORT", "6379"), &hints, &found) == 0) {
    for (struct addrinfo *at = found; at && fd < 0; at = at->ai_next) fd = connect_within(at, REDIS_MS);
    freeaddrinfo(found);
  }
  if (fd >= 0) {
    static const char command[] = "*2\r\n$4\r\nINCR\r\n$6\r\nvisits\r\n";
    char answer[64];
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    if (send(fd, command, sizeof command - 1, MSG_NOSIGNAL) == sizeof command - 1 && poll(&waiting, 1, REDIS_MS) == 1) {
      ssize_t length = recv(fd, answer, sizeof answer - 1, 0);
      answer[length > 0 ? length : 0] = '\0';
      if (answer[0] == ':') visits = atol(answer + 1);
    }
    close(fd);
  }
  if (visits < 0) atomic_store(&redis_absent_until, time(NULL) + REDIS_RETRY_SECONDS);
  return visits;
}

static int write_page(char *page, size_t size, bool html) {
  char host[256] = "", container[1024], node[1024], version[64], visits[64] = "";
  gethostname(host, sizeof host - 1);
  escape(container, sizeof container, host);
  escape(node, sizeof node, variable("NODE", variable("NODE_NAME", "")));
  escape(version, sizeof version, variable("WEB_VERSION", "1"));
  long count = count_visit();
  if (count >= 0) snprintf(visits, sizeof visits, "visits %ld", count);
  if (!html) {
    return snprintf(page, size, "Drydock web, version %s\ncontainer %s\n%s%s%s%s%s", version, container, *node ? "node " : "", node,
                    *node ? "\n" : "", visits, *visits ? "\n" : "");
  }
  return snprintf(page, size,
                  "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
                  "<title>Drydock web, version %s</title><style>body{font:20px/1.5 system-ui,sans-serif;margin:0;min-height:100vh;"
                  "display:grid;place-content:center;text-align:center;color:#fff;background:%s}h1{font-size:3em;margin:0}"
                  "code{font-size:1.1em}</style><h1>version %s</h1><p>container <code>%s</code></p>%s%s%s%s%s%s</html>\n",
                  version, strcmp(version, "2") == 0 ? "#8a3ffc" : "#0f62fe", version, container, *node ? "<p>node <code>" : "", node,
                  *node ? "</code></p>" : "", *visits ? "<p>" : "", visits, *visits ? "</p>" : "");
}

static void respond(int fd, const char *request) {
  char page[8192], head[256];
  bool is_head = strncmp(request, "HEAD ", 5) == 0;
  bool known = is_head || strncmp(request, "GET ", 4) == 0;
  const char *path = strchr(request, ' ');
  bool root = known && path && (strncmp(path, " / ", 3) == 0 || strncmp(path, " /?", 3) == 0);
  bool health = known && path && strncmp(path, " /healthz ", 10) == 0;
  bool html = strcasestr(request, "\r\naccept:") && strcasestr(strcasestr(request, "\r\naccept:"), "text/html");
  const char *status = root || health ? "200 OK" : known ? "404 Not Found" : "405 Method Not Allowed";
  int length = root ? write_page(page, sizeof page, html) : snprintf(page, sizeof page, "%s\n", health ? "ok" : status + 4);
  if (length > (int)sizeof page - 1) length = (int)sizeof page - 1;
  int head_length = snprintf(head, sizeof head,
                             "HTTP/1.1 %s\r\nContent-Type: text/%s; charset=utf-8\r\nContent-Length: %d\r\n"
                             "Cache-Control: no-store\r\nConnection: close\r\n\r\n",
                             status, root && html ? "html" : "plain", length);
  send(fd, head, (size_t)head_length, MSG_NOSIGNAL | (is_head ? 0 : MSG_MORE));
  if (!is_head) send(fd, page, (size_t)length, MSG_NOSIGNAL);
}

int main(void) {
  char name[64];
  setenv("RES_OPTIONS", "timeout:1 attempts:1", 1);
  snprintf(name, sizeof name, "drydock/web version %s", variable("WEB_VERSION", "1"));
  return serve_http(name, atoi(variable("PORT", "80")), respond);
}
