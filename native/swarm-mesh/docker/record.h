/* What docker's gossip says about one endpoint of one network: the input of everything that the mesh programs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/ipv4.h"

/* Swarm names are DNS labels, so a longer one is cut without harm: it is only shown to people. */
#define SERVICE_NAME_SIZE 64
/* An address, or the twelve digits of an id in the gossip. */
#define HOST_SIZE 40
/* Endpoints of one network; swarm's own default subnets hold 254. */
#define RECORD_LIMIT 65536

/* IP protocol numbers; 0 stands for "not known, take them all". */
enum { PROTOCOL_ANY = 0, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_SCTP = 132 };

struct published_port {
  uint8_t protocol;
  uint16_t port;
};

struct record {
  char service[SERVICE_NAME_SIZE];
  char host[HOST_SIZE]; /* whose task it is: the machine's id in the gossip, or its address where only that is told */
  ipv4 vip;             /* 0 for endpoint_mode dnsrr */
  ipv4 address;         /* of the task on this network */
  bool disabled;        /* docker is about to stop the task: no new connections */
  struct published_port *ports; /* only on the ingress network */
  size_t port_count;
};

struct record_list {
  struct record *items;
  size_t count;
};

/* Adds an empty record. Returns NULL when memory or the bound is used up. */
struct record *record_list_add(struct record_list *list);
bool record_add_port(struct record *record, uint8_t protocol, uint16_t port);
void record_list_free(struct record_list *list);

/*
 * Decodes one libnetwork EndpointRecord (protobuf, libnetwork/agent.proto: name 1, service_name 2, service_id 3,
 * virtual_ip 4, endpoint_ip 5, ingress_ports 6, service_disabled 9). Adds nothing for endpoints that belong to no
 * service. Returns false when the bytes are not such a record.
 */
bool record_decode(struct record_list *list, const uint8_t *bytes, size_t length);
