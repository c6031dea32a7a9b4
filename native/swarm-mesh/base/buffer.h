/* A growable piece of text or bytes with an upper bound, so that nothing read from elsewhere can eat the memory. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* More than any answer of a Docker engine with thousands of tasks, and than any ruleset made of it. */
#define BUFFER_LIMIT (16u << 20)

/* `data` is always terminated by a zero byte, which `length` does not count; NULL while empty. */
struct buffer {
  char *data;
  size_t length;
  size_t capacity;
  bool failed; /* out of memory or over the bound: what is in it is not whole */
};

void buffer_append(struct buffer *buffer, const void *bytes, size_t length);
void buffer_format(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Reads the descriptor to its end. Returns false when reading failed, timed out or the bound was hit. */
bool buffer_read_all(struct buffer *buffer, int fd);
void buffer_free(struct buffer *buffer);
