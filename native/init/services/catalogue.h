/* The list of a node's daemons. */
#ifndef DRYDOCK_CATALOGUE_H
#define DRYDOCK_CATALOGUE_H

#include "service.h"

extern const struct service_definition service_catalogue[];
extern const unsigned service_catalogue_count;

#endif
