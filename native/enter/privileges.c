/* Capabilities and the system call filter. */
#include "privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int limit_capabilities(uint64_t capabilities) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2] = {0};
  unsigned long number;
  int half;

  /* The bounding set is read until the kernel says EINVAL: a capability newer than this program is dropped too. */
  for (number = 0; number < 64 && prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; number++)
    if ((capabilities & (UINT64_C(1) << number)) == 0 && prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0) return -1;
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return -1;
  for (half = 0; half < 2; half++) {
    data[half].permitted = (uint32_t)(capabilities >> (32 * half));
    data[half].effective = data[half].permitted;
  }
  return (int)syscall(SYS_capset, &header, data);
}

int load_filter(const struct sock_fprog *filter) {
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, filter);
}
