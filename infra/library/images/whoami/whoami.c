/* Answers each request with what came: host name, addresses, and the request as it was. For trying proxies and load balancers. */
#define _GNU_SOURCE
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../http-server.h"

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

/* `--port 8080` or `-port 8080`, as of the program that this one stands in for, or WHOAMI_PORT_NUMBER. */
static int wanted_port(int argc, char **argv) {
  const char *given = getenv("WHOAMI_PORT_NUMBER");
  for (int i = 1; i + 1 < argc; i++) {
    if (strcmp(argv[i], "--port") == 0 || strcmp(argv[i], "-port") == 0) given = argv[i + 1];
  }
  return given && *given ? atoi(given) : 80;
}

int main(int argc, char **argv) { return serve_http("whoami", wanted_port(argc, argv), respond); }
