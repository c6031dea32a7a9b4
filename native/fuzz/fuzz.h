/* What the fuzz targets share. Each target includes the source file whose inner functions it feeds. */
#ifndef DD_FUZZ_H
#define DD_FUZZ_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input as text that ends with a zero byte, of exactly its size: a reader that goes beyond is caught. The caller
 * frees it. */
static inline char *fuzz_text(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  if (!text) abort();
  if (size > 0) memcpy(text, data, size);
  text[size] = '\0';
  return text;
}

/* The input as a file. The caller closes it. */
static inline int fuzz_file(const uint8_t *data, size_t size) {
  int fd = memfd_create("input", MFD_CLOEXEC);
  if (fd < 0 || (size > 0 && write(fd, data, size) != (ssize_t)size) || lseek(fd, 0, SEEK_SET) != 0) abort();
  return fd;
}

/* A name by which `fd` can be opened. */
struct fuzz_path {
  char text[32];
};
static inline struct fuzz_path fuzz_path(int fd) {
  struct fuzz_path path;
  snprintf(path.text, sizeof path.text, "/proc/self/fd/%d", fd);
  return path;
}

/* A program under test that would exit comes back to FUZZ_RUN instead. */
extern jmp_buf fuzz_exit_point;
_Noreturn static inline void fuzz_exit(int status) { longjmp(fuzz_exit_point, status == 0 ? -1 : status); }
#define FUZZ_RUN(call)                                                                                                 \
  do {                                                                                                                 \
    if (setjmp(fuzz_exit_point) == 0) {                                                                                \
      call;                                                                                                            \
    }                                                                                                                  \
  } while (0)

#endif
