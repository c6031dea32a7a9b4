/* The questions that the mesh asks a Docker engine. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "http.h"
#include "record.h"

/* Swarm's ids have 25 characters. */
#define NETWORK_ID_SIZE 65
/* Overlays that one node can take part in; the rest is left alone and logged. */
#define NETWORK_LIMIT 256

struct network {
  char id[NETWORK_ID_SIZE];
  char name[64];
  bool ingress;
};

struct docker {
  struct http_server api;
  const char *pidfile;       /* NULL: connect without looking; else only while the process that it names lives */
  const char *daemon_config; /* docker's daemon.json, which says where the diagnostic server is */
  uint16_t diagnostic_port;  /* 0: the one of daemon_config */
  pid_t reloaded;            /* the daemon that has been told to start its diagnostic server */
};

/*
 * The daemon's process id, or 0 when it does not run. Asked before every connection: where the socket belongs to a
 * service manager, connecting to it would start a daemon that somebody has stopped. 1 when there is no pidfile to look
 * at.
 */
pid_t docker_pid(const struct docker *docker);

/* A descriptor that becomes readable when a swarm network comes or goes, and ends when the daemon does; -1 when it does
 * not answer. */
int docker_open_events(const struct docker *docker);

/* Fills at most NETWORK_LIMIT networks of swarm scope. Returns how many, or -1 when the daemon did not answer. */
int docker_list_networks(const struct docker *docker, struct network networks[NETWORK_LIMIT]);

/* The ids in the gossip of the machines at this address, of which the diagnostic server tells; returns how many. */
int docker_list_peers(const struct docker *docker, const char *address, char (*ids)[HOST_SIZE], int limit);

/* Where records came from. */
enum facts_source { FACTS_NONE, FACTS_DIAGNOSTIC, FACTS_VERBOSE };

/*
 * Reads the records of a network: from the diagnostic server where daemon.json names its port (docker starts it only
 * when it is told to reload, so this sends one SIGHUP to each daemon), else from the verbose API. FACTS_NONE when
 * neither answered.
 */
enum facts_source docker_read_facts(struct docker *docker, const char *network_id, struct record_list *list);
