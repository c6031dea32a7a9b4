/* Netlink requests that the agent composes: walked by their own lengths, none sent beyond its end. Nothing reaches the
 * kernel. */
#include "fuzz.h"

#include <errno.h>
#include <sys/socket.h>

static const char *fuzz_end;
static ssize_t fuzz_send(const void *bytes, size_t length) {
  if ((const char *)bytes + length > fuzz_end) abort();
  errno = EPERM;
  return length % 3 == 0 ? -1 : (ssize_t)length;
}
static ssize_t fuzz_receive(void *bytes, size_t size) {
  memset(bytes, 0, size);
  *(uint32_t *)bytes = 36; /* an acknowledgement: struct nlmsghdr, then error 0 */
  ((uint16_t *)bytes)[2] = 2;
  return 36;
}
#define send(fd, bytes, length, flags) ((void)(fd), fuzz_send(bytes, length))
#define recv(fd, bytes, size, flags) ((void)(fd), fuzz_receive(bytes, size))
#include "../netns/netlink.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *bytes = fuzz_text(data, size);
  fuzz_end = bytes + size;
  dd_send_requests(&(struct dd_requests){.bytes = bytes, .length = size});
  free(bytes);
  return 0;
}
