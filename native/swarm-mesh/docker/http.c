/* The little HTTP that Docker's API needs: GET over a unix socket or over TCP on the loopback. */
#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* A response header longer than this is not Docker's. */
#define HEADER_LIMIT 8192

static int dial(const struct http_server *server, int timeout_ms) {
  int fd = socket(server->unix_path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  struct timeval timeout = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  int result;
  if (server->unix_path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", server->unix_path);
    result = connect(fd, (struct sockaddr *)&address, sizeof address);
  } else {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(server->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    result = connect(fd, (struct sockaddr *)&address, sizeof address);
  }
  if (result == 0) return fd;
  close(fd);
  return -1;
}

static bool send_request(int fd, const char *path) {
  struct buffer request = {0};
  buffer_format(&request, "GET %s HTTP/1.0\r\nHost: docker\r\nAccept: application/json\r\n\r\n", path);
  bool sent = !request.failed && send(fd, request.data, request.length, MSG_NOSIGNAL) == (ssize_t)request.length;
  buffer_free(&request);
  return sent;
}

static int parse_status(const char *response) {
  if (strncmp(response, "HTTP/1.", 7) != 0 || !strchr(response, ' ')) return HTTP_BROKEN;
  int status = atoi(strchr(response, ' ') + 1);
  return status >= 100 && status <= 599 ? status : HTTP_BROKEN;
}

/* Reads an answer to its end and puts its body into `body`. The status, or HTTP_BROKEN. */
static int read_response(int fd, struct buffer *body) {
  struct buffer response = {0};
  int status = HTTP_BROKEN;
  if (buffer_read_all(&response, fd)) {
    const char *end = strstr(response.data, "\r\n\r\n");
    if (end) {
      status = parse_status(response.data);
      size_t header = (size_t)(end + 4 - response.data);
      buffer_append(body, response.data + header, response.length - header);
      if (body->failed) status = HTTP_BROKEN;
    }
  }
  buffer_free(&response);
  return status;
}

int http_get(const struct http_server *server, const char *path, int timeout_ms, struct buffer *body) {
  int fd = dial(server, timeout_ms);
  if (fd < 0) return HTTP_REFUSED;
  int status = send_request(fd, path) ? read_response(fd, body) : HTTP_BROKEN;
  close(fd);
  return status;
}

/* Reads the header of an answer and nothing of its body. The status, or HTTP_BROKEN. */
static int read_stream_header(int fd) {
  char header[HEADER_LIMIT];
  size_t length = 0;
  /* Byte by byte, so that nothing of the body is taken from the reader; it is a few hundred bytes, once a connection.
   */
  while (length < sizeof header - 1 && read(fd, header + length, 1) == 1) {
    header[++length] = '\0';
    if (length >= 4 && memcmp(header + length - 4, "\r\n\r\n", 4) == 0) return parse_status(header);
  }
  return HTTP_BROKEN;
}

int http_open_stream(const struct http_server *server, const char *path, int timeout_ms) {
  int fd = dial(server, timeout_ms);
  if (fd < 0) return -1;
  if (send_request(fd, path) && read_stream_header(fd) == 200 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0) return fd;
  close(fd);
  return -1;
}
