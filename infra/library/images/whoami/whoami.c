/*
 * Answers each request with what came: host name, addresses, and the request as it was. For trying proxies and load balancers. One thread a
 * connection; SIGTERM ends it at once with status 0.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 256
#define REQUEST_BYTES 8192
#define STACK_BYTES (256 * 1024)

static atomic_int connections;

struct text {
  size_t used;
  char bytes[3 * REQUEST_BYTES];
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...) {
  va_list arguments;
  size_t room = sizeof text->bytes - text->used;
  va_start(arguments, format);
  int length = vsnprintf(text->bytes + text->used, room, format, arguments);
  va_end(arguments);
  if (length > 0) text->used += (size_t)length < room ? (size_t)length : room - 1;
}

static void add_addresses(struct text *text) {
  struct ifaddrs *list;
  if (getifaddrs(&list) < 0) return;
  for (struct ifaddrs *entry = list; entry; entry = entry->ifa_next) {
    char address[INET6_ADDRSTRLEN];
    int family = entry->ifa_addr ? entry->ifa_addr->sa_family : AF_UNSPEC;
    socklen_t size = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    if (family != AF_INET && family != AF_INET6) continue;
    if (getnameinfo(entry->ifa_addr, size, address, sizeof address, NULL, 0, NI_NUMERICHOST) == 0)
      add(text, "IP: %s\n", address);
  }
  freeifaddrs(list);
}

static void respond(int fd, const char *request) {
  struct text body = {0};
  char host[65] = "", address[INET6_ADDRSTRLEN] = "", port[8] = "", head[256];
  struct sockaddr_in6 peer;
  socklen_t size = sizeof peer;
  const char *name = getenv("WHOAMI_NAME");
  gethostname(host, sizeof host - 1);
  if (name && *name) add(&body, "Name: %s\n", name);
  add(&body, "Hostname: %s\n", host);
  add_addresses(&body);
  if (getpeername(fd, (struct sockaddr *)&peer, &size) == 0 &&
      getnameinfo((struct sockaddr *)&peer, size, address, sizeof address, port, sizeof port,
                  NI_NUMERICHOST | NI_NUMERICSERV) == 0)
    add(&body, "RemoteAddr: %s:%s\n", strncmp(address, "::ffff:", 7) == 0 ? address + 7 : address, port);
  /* The request's own lines, without carriage returns; what follows the empty line is not shown. */
  const char *end = strstr(request, "\r\n\r\n");
  for (const char *at = request; *at && (!end || at < end); at++) {
    if (*at != '\r') add(&body, "%c", *at);
  }
  add(&body, "\n");
  int length = snprintf(head, sizeof head,
                        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\n"
                        "Connection: close\r\n\r\n",
                        body.used);
  send(fd, head, (size_t)length, MSG_NOSIGNAL | MSG_MORE);
  send(fd, body.bytes, strncmp(request, "HEAD ", 5) == 0 ? 0 : body.used, MSG_NOSIGNAL);
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

/* `--port 8080` or `-port 8080`, as of the program that this one stands in for, or WHOAMI_PORT_NUMBER. */
static int wanted_port(int argc, char **argv) {
  const char *given = getenv("WHOAMI_PORT_NUMBER");
  for (int i = 1; i + 1 < argc; i++) {
    if (strcmp(argv[i], "--port") == 0 || strcmp(argv[i], "-port") == 0) given = argv[i + 1];
  }
  return given && *given ? atoi(given) : 80;
}

int main(int argc, char **argv) {
  int on = 1, off = 0, port = wanted_port(argc, argv);
  /* As PID 1 of a container only what has a handler ends us. */
  struct sigaction action = {.sa_handler = end};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_addr = in6addr_any, .sin6_port = htons((uint16_t)port)};
  struct sockaddr_in any4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int six = listener >= 0;
  if (!six) listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (six) setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  const struct sockaddr *address = six ? (struct sockaddr *)&any : (struct sockaddr *)&any4;
  if (bind(listener, address, six ? sizeof any : sizeof any4) < 0 || listen(listener, SOMAXCONN) < 0) {
    fprintf(stderr, "whoami: cannot listen on port %d: %s\n", port, strerror(errno));
    return 1;
  }
  printf("whoami listens on port %d\n", port);
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
    if (atomic_fetch_add(&connections, 1) >= CONNECTIONS_MAX ||
        pthread_create(&thread, &attributes, serve, (void *)(long)fd) != 0) {
      atomic_fetch_sub(&connections, 1);
      close(fd);
    }
  }
}
