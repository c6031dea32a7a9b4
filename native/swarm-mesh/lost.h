/* Machines that are known to be gone before docker's gossip has noticed, which takes it seconds. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "docker/docker.h"
#include "docker/record.h"

/* Names of lost machines that are kept at a time: a machine has two, its address and its id in the gossip. */
#define LOST_LIMIT 64

struct lost {
  struct {
    char host[HOST_SIZE];
    long long until;
  } items[LOST_LIMIT];
  size_t next; /* where the next one goes: the oldest is given up for it */
};

/*
 * Takes note, for as long as docker may need to notice by itself and no longer: whoever told may have been wrong. A
 * machine that comes back is another one to docker's gossip, so what runs there is served at once where the diagnostic
 * server tells of it.
 */
void lost_add(struct lost *lost, const struct docker *docker, ipv4 address, long long now);

/* Gives the tasks of lost machines no new connections. */
void lost_apply(const struct lost *lost, struct record_list *records, long long now);

/* When the next machine is taken for alive again if docker still has it; 0: none is lost. */
long long lost_expires(const struct lost *lost, long long now);
