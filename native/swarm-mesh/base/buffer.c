/* A growable piece of text or bytes with an upper bound, so that nothing read from elsewhere can eat the memory. */
#include "buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool reserve(struct buffer *buffer, size_t more) {
  if (buffer->failed) return false;
  size_t need = buffer->length + more + 1;
  if (need <= buffer->capacity) return true;
  size_t capacity = buffer->capacity ? buffer->capacity : 1024;
  while (capacity < need) capacity *= 2;
  char *data = need <= BUFFER_LIMIT ? realloc(buffer->data, capacity) : NULL;
  if (!data) {
    buffer->failed = true;
    return false;
  }
  buffer->data = data;
  buffer->capacity = capacity;
  return true;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t length) {
  if (!reserve(buffer, length)) return;
  memcpy(buffer->data + buffer->length, bytes, length);
  buffer->length += length;
  buffer->data[buffer->length] = '\0';
}

void buffer_format(struct buffer *buffer, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (length < 0 || !reserve(buffer, (size_t)length)) return;
  va_start(arguments, format);
  vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, arguments);
  va_end(arguments);
  buffer->length += (size_t)length;
}

bool buffer_read_all(struct buffer *buffer, int fd) {
  for (;;) {
    if (!reserve(buffer, 16384)) return false;
    ssize_t got = read(fd, buffer->data + buffer->length, buffer->capacity - buffer->length - 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    buffer->length += (size_t)got;
    buffer->data[buffer->length] = '\0';
    if (got == 0) return true;
  }
}

void buffer_free(struct buffer *buffer) {
  free(buffer->data);
  *buffer = (struct buffer){0};
}
