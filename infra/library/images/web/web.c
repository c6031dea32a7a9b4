/*
 * The page of drydock/web: version, container, node and a count of visits kept by a redis by the name `redis`, if there is one.
 * One thread a connection; a redis that is slow or absent holds no page up for long; SIGTERM ends it at once with status 0.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 256
#define STACK_BYTES (256 * 1024)
#define REQUEST_BYTES 4096
#define REDIS_MS 400
/* A name that does not resolve is not asked for again so soon: most demos run without redis. */
#define REDIS_RETRY_SECONDS 2

static atomic_int connections;
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

static void *serve(void *argument) {
  int fd = (int)(long)argument;
  char request[REQUEST_BYTES];
  size_t used = 0;
  struct timeval limit = {.tv_sec = 5};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  ssize_t count;
  do {
    count = recv(fd, request + used, sizeof request - 1 - used, 0);
    used += count > 0 ? (size_t)count : 0;
    request[used] = '\0';
  } while (count > 0 && used < sizeof request - 1 && !strstr(request, "\r\n\r\n"));
  if (used > 0) respond(fd, request);
  shutdown(fd, SHUT_WR);
  close(fd);
  atomic_fetch_sub(&connections, 1);
  return NULL;
}

static void end(int signal_number) {
  (void)signal_number;
  _exit(0);
}

int main(void) {
  int on = 1, off = 0, port = atoi(variable("PORT", "80"));
  /* As PID 1 of a container only what has a handler ends us. */
  struct sigaction action = {.sa_handler = end};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  setenv("RES_OPTIONS", "timeout:1 attempts:1", 1);

  struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_addr = in6addr_any, .sin6_port = htons((uint16_t)port)};
  struct sockaddr_in any4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool six = listener >= 0;
  if (!six) listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (six) setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if ((six ? bind(listener, (struct sockaddr *)&any, sizeof any) : bind(listener, (struct sockaddr *)&any4, sizeof any4)) < 0 ||
      listen(listener, SOMAXCONN) < 0) {
    fprintf(stderr, "drydock/web: cannot listen on port %d: %s\n", port, strerror(errno));
    return 1;
  }
  printf("drydock/web version %s listens on port %d\n", variable("WEB_VERSION", "1"), port);
  fflush(stdout);

  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EMFILE || errno == ENFILE) usleep(10000);
      continue;
    }
    pthread_t thread;
    if (atomic_fetch_add(&connections, 1) >= CONNECTIONS_MAX || pthread_create(&thread, &attributes, serve, (void *)(long)fd) != 0) {
      atomic_fetch_sub(&connections, 1);
      close(fd);
    }
  }
}
