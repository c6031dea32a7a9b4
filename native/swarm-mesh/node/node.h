/* The node's own namespace: hands the published ports of its addresses to the ingress sandbox. */
#pragma once
#include <stdbool.h>

#include "../sandbox.h"

struct node {
  struct table table;
  bool hold_ports; /* take the published ports, as docker does, so that no other program of the node believes to have
                      them */
  bool forwarding; /* our rules in the node's FORWARD chain were there when last looked at */
  ipv4 inside;     /* what they were written for; 0 while the node has no ingress */
  bool swept;      /* nothing of an earlier run is left */
};

bool node_open(struct node *node);
void node_close(struct node *node);

/* Brings the node in line with the ingress sandbox: NULL when it has none. Returns false when something has to be tried
 * again. */
bool node_converge(struct node *node, const struct sandbox *ingress, long long now_ms);

/* Looks whether somebody else changed our rules in the node; false when the next converge has work to do. */
bool node_intact(struct node *node);

/* Removes everything of ours from the node. */
void node_clear(struct node *node);
