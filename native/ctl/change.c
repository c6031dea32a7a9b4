/* Changes a service and says what happened as systemctl does. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "commands.h"

/* A stop may take systemd's 90 s; then PID 1 kills. A little more lets its answer through. */
#define CHANGE_SECONDS 100

int change_service(const char *verb, const char *service) {
  char text[ANSWER_BYTES];
  if (!ask(verb, service, CHANGE_SECONDS, text)) return 1;
  if (strcmp(text, "ok\n") == 0) return 0;
  if (strcmp(text, "denied\n") == 0) {
    fprintf(stderr, "Failed to %s %s.service: Access denied\n", verb, service);
    return 4;
  }
  if (strcmp(verb, "reload") == 0) {
    fprintf(stderr, "%s.service is not active, cannot reload.\n", service);
    return 1;
  }
  struct service_status status;
  const char *why = ask_status(service, &status) && strcmp(status.result, "signal") == 0
                        ? "a fatal signal was delivered to the control process"
                        : "the control process exited with error code";
  fprintf(stderr,
          "Job for %s.service failed because %s.\n"
          "See \"systemctl status %s.service\" and \"journalctl -xeu %s.service\" for details.\n",
          service, why, service, service);
  return 1;
}

int run_init_script(const char *unit, const char *verb) {
  char name[64];
  snprintf(name, sizeof name, "%s", unit);
  size_t length = strlen(name);
  if (length > 8 && strcmp(name + length - 8, ".service") == 0) name[length - 8] = '\0';
  execl("/usr/sbin/service", "service", name, verb, (char *)NULL);
  perror("/usr/sbin/service");
  return 1;
}
