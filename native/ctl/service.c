/* `service NAME VERB`: PID 1's services here, every other name by the distribution's own command. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "unit.h"

#define DISTRIBUTION_SERVICE "/usr/sbin/service"

static int report(const char *doing, const char *service, int status) {
  printf("%s %s: %s\n", doing, service, status == 0 ? "done." : "failed!");
  return status;
}

int service_main(int argc, char **argv) {
  /* The book writes `service docker stop`; `service stop docker` is a common slip that the stock command refuses too.
   */
  const char *service = argc == 3 && argv[1][0] != '-' ? unit_service(argv[1]) : NULL;
  if (!service) {
    execv(DISTRIBUTION_SERVICE, argv);
    perror(DISTRIBUTION_SERVICE);
    return 1;
  }
  const char *verb = argv[2];
  fflush(stdout);
  if (strcmp(verb, "status") == 0) return print_status(service);
  if (strcmp(verb, "start") == 0) return report("Starting", service, change_service("start", service));
  if (strcmp(verb, "stop") == 0) return report("Stopping", service, change_service("stop", service));
  if (strcmp(verb, "restart") == 0 || strcmp(verb, "force-reload") == 0) {
    return report("Restarting", service, change_service("restart", service));
  }
  if (strcmp(verb, "reload") == 0) return report("Reloading", service, change_service("reload", service));
  fprintf(stderr, "Usage: service %s {start|stop|restart|reload|status}\n", service);
  return 2;
}
