#define _GNU_SOURCE
#include "http-server.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 256
#define STACK_BYTES (256 * 1024)
/* A client that sends or reads nothing for so long is gone. */
#define SILENCE_SECONDS 5

static atomic_int connections;
static respond_fn answer;

static void *serve(void *argument) {
  int fd = (int)(long)argument;
  char request[REQUEST_BYTES];
  size_t used = 0;
  struct timeval limit = {.tv_sec = SILENCE_SECONDS};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  ssize_t count;
  do {
    count = recv(fd, request + used, sizeof request - 1 - used, 0);
    used += count > 0 ? (size_t)count : 0;
    request[used] = '\0';
  } while (count > 0 && used < sizeof request - 1 && !strstr(request, "\r\n\r\n"));
  if (used > 0) answer(fd, request);
  shutdown(fd, SHUT_WR);
  close(fd);
  atomic_fetch_sub(&connections, 1);
  return NULL;
}

static void end(int signal_number) {
  (void)signal_number;
  _exit(0);
}

/* IPv6 and IPv4 by one socket, or IPv4 where the kernel has no IPv6. */
static int listen_on(int port) {
  int on = 1, off = 0;
  struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_addr = in6addr_any, .sin6_port = htons((uint16_t)port)};
  struct sockaddr_in any4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int six = fd >= 0;
  if (!six) fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (six) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  const struct sockaddr *address = six ? (struct sockaddr *)&any : (struct sockaddr *)&any4;
  if (bind(fd, address, six ? sizeof any : sizeof any4) < 0 || listen(fd, SOMAXCONN) < 0) return -1;
  return fd;
}

int serve_http(const char *name, int port, respond_fn respond) {
  answer = respond;
  /* As PID 1 of a container only what has a handler ends us. */
  struct sigaction action = {.sa_handler = end};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  int listener = listen_on(port);
  if (listener < 0) {
    fprintf(stderr, "%s: cannot listen on port %d: %s\n", name, port, strerror(errno));
    return 1;
  }
  printf("%s listens on port %d\n", name, port);
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
