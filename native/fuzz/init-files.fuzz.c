/* What init reads of a daemon and of files that a node's root may write: readiness messages, environment files, group
 * files, output. */
#include "fuzz.h"

#include "../init/log.c"
#include "../init/services/notify.c"
#include "../init/services/spawn.c"

void loop_add(struct watch *watch) { (void)watch; }
int64_t clock_wall_us(void) { return 1700000000000000; }
void service_process_ready(pid_t pid) { (void)pid; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct service_log log;
  static const pid_t pid = 1;
  char *text = fuzz_text(data, size);
  has_line(text, "READY=1");
  free(text);

  int fd = fuzz_file(data, size);
  load_environment(fuzz_path(fd).text);
  clearenv();
  lseek(fd, 0, SEEK_SET);
  int sink = memfd_create("log", MFD_CLOEXEC);
  log = (struct service_log){.watch = {.fd = fd}, .file_fd = sink, .name = "fuzz", .ident = "fuzz", .pid = &pid};
  /* The file would be renamed beyond its bound; inputs are far shorter. */
  for (size_t at = 0; at < size; at += LOG_LINE_BYTES / 2) {
    on_output(&log.watch);
    if (log.used >= sizeof log.line) abort();
  }
  close(sink);
  close(fd);
  return 0;
}
