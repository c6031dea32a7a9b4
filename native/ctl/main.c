/* One program for systemctl, service and journalctl: a node has no systemd, and PID 1 answers in its place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "commands.h"

/* drydock-ctl VERB SERVICE [SECONDS]: what Drydock's own scripts use; says nothing but errors. */
static int plain_main(int argc, char **argv) {
  char text[ANSWER_BYTES];
  if (argc < 3 || argc > 4) {
    fprintf(stderr, "Usage: drydock-ctl start|stop|restart|reload|wait|status SERVICE [SECONDS]\n");
    return 64;
  }
  if (!ask(argv[1], argv[2], argc == 4 ? atoi(argv[3]) : 0, text)) return 1;
  if (strcmp(argv[1], "status") == 0) fputs(text, stdout);
  else if (strcmp(text, "ok\n") != 0) fprintf(stderr, "%s %s: %s", argv[1], argv[2], text);
  return strcmp(text, "ok\n") == 0 || strchr(text, '=') ? 0 : 1;
}

int main(int argc, char **argv) {
  const char *slash = strrchr(argv[0], '/');
  const char *name = slash ? slash + 1 : argv[0];
  if (strcmp(name, "systemctl") == 0) return systemctl_main(argc, argv);
  if (strcmp(name, "service") == 0) return service_main(argc, argv);
  if (strcmp(name, "journalctl") == 0) return journalctl_main(argc, argv);
  return plain_main(argc, argv);
}
