/* What a service needs before its process: its enablement, and the socket that it is handed. */
#ifndef DRYDOCK_ACTIVATION_H
#define DRYDOCK_ACTIVATION_H

#include <stdbool.h>

#include "service.h"

/* Opens the service's listening socket unless it is open or none is defined; false and a log line on failure. */
bool activation_open(struct service *service);
/* Closes the socket and removes its path, so that clients are refused at once. */
void activation_close(struct service *service);
/* Whether a boot starts it: the distribution's own `multi-user.target.wants` link, or an optional program of ours. */
bool unit_is_enabled(const struct service_definition *definition);

#endif
