/* The little HTTP server of the library's own images: one thread a connection, one request each. */
#ifndef DRYDOCK_HTTP_SERVER_H
#define DRYDOCK_HTTP_SERVER_H

/* A request's head that is longer is cut. */
#define REQUEST_BYTES 8192

/* Writes the whole answer to `request`, which ends with a zero. */
typedef void (*respond_fn)(int fd, const char *request);

/* Serves `port` until SIGTERM or SIGINT, which end the process at once with status 0. Returns 1 when the port cannot be had. */
int serve_http(const char *name, int port, respond_fn respond);

#endif
