/* The little HTTP that Docker's API needs: GET over a unix socket or over TCP on the loopback. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "../base/buffer.h"

/* Where to connect: `unix_path`, or 127.0.0.1 at `port` when it is NULL. */
struct http_server {
  const char *unix_path;
  uint16_t port;
};

/* Status codes of these functions that are not HTTP's own. */
enum { HTTP_REFUSED = -1, HTTP_BROKEN = -2 };

/*
 * GETs `path` and puts the body into `body`. Speaks HTTP/1.0, to which a Go server answers without chunks and then
 * closes. Waits at most `timeout_ms` for any one read. Returns the HTTP status, HTTP_REFUSED when nobody listens, or
 * HTTP_BROKEN.
 */
int http_get(const struct http_server *server, const char *path, int timeout_ms, struct buffer *body);

/* GETs `path` and returns a non-blocking descriptor that yields the body as it comes, or -1. The caller closes it. */
int http_open_stream(const struct http_server *server, const char *path, int timeout_ms);
