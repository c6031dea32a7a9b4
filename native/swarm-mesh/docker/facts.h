/* Turns the answers of a Docker engine about one network into records. */
#pragma once
#include <stdbool.h>

#include "record.h"

/*
 * From libnetwork's network diagnostic server: GET /gettable?tname=endpoint_table&nid=ID&json. The whole record, with
 * protocols and with the mark of tasks that are about to stop. Returns false when the answer is not one.
 */
bool facts_from_diagnostic(const char *json, struct record_list *list);

/* From the same server: GET /clusterpeers?json. Fills in the ids of the machines at this address; returns how many. */
int facts_peers(const char *json, const char *address, char (*ids)[HOST_SIZE], int limit);

/*
 * From the ordinary API: GET /networks/ID?verbose=true. It names ports without their protocols and does not tell which
 * tasks are about to stop. `services_json` is the answer of GET /services, which only managers have, or NULL: then
 * ports get PROTOCOL_ANY.
 */
bool facts_from_verbose(const char *json, const char *services_json, struct record_list *list);
