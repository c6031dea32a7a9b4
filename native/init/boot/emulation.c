#include "emulation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../log.h"

#define BINFMT "/proc/sys/fs/binfmt_misc"
/* The first twenty bytes of an ELF file (elf(5)): class and byte order, a type of executable or shared object, and the
 * machine. */
#define ELF64 "\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00"
#define ELF32 "\\x7fELF\\x01\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00"
/* The OS's ABI may be any; 2 and 3 are the two types. */
#define MASK "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff"

/* `machine` is what uname says where such programs need no emulator. */
static const struct emulator {
  const char *name, *interpreter, *magic, *machine;
} emulators[] = {
    {"qemu-aarch64", "/usr/lib/drydock/qemu-aarch64", ELF64 "\\xb7\\x00", "aarch64"},
    /* Processors of 64 bits run these too, or are not told from those that do. */
    {"qemu-arm", "/usr/lib/drydock/qemu-arm", ELF32 "\\x28\\x00", "aarch64"},
    {"qemu-x86_64", "/usr/lib/drydock/qemu-x86_64", ELF64 "\\x3e\\x00", "x86_64"},
};

/* What is registered in the first user namespace holds for the whole machine, which is not ours. */
static bool in_first_namespace(void) {
  unsigned long long inside, outside, count;
  FILE *map = fopen("/proc/self/uid_map", "re");
  bool first = !map || fscanf(map, "%llu %llu %llu", &inside, &outside, &count) != 3 || count == 4294967295ULL;
  if (map) fclose(map);
  return first;
}

static void add(const struct emulator *emulator) {
  char line[512];
  /*
   * F: the interpreter is opened now, so that it serves in the root of any container. P: the program sees the name that
   * it was called by, without which BusyBox does not know which of its tools it is.
   */
  int length =
      snprintf(line, sizeof line, ":%s:M::%s:" MASK ":%s:PF", emulator->name, emulator->magic, emulator->interpreter);
  int fd = open(BINFMT "/register", O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, line, (size_t)length) != length) log_error(emulator->name);
  if (fd >= 0) close(fd);
}

void emulation_register(void) {
  struct utsname system;
  bool mounted = false;
  if (in_first_namespace() || uname(&system) < 0) return;
  for (size_t i = 0; i < sizeof emulators / sizeof emulators[0]; i++) {
    const struct emulator *emulator = &emulators[i];
    if (strcmp(system.machine, emulator->machine) == 0 || access(emulator->interpreter, X_OK) != 0) continue;
    if (!mounted && mount("binfmt_misc", BINFMT, "binfmt_misc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) return;
    mounted = true;
    add(emulator);
  }
}
