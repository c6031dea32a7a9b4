/* The command line. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/ipv4.h"

enum mode { MODE_SERVE, MODE_ONCE, MODE_STATUS, MODE_CLEAR, MODE_LOST };

struct options {
  enum mode mode;
  const char *socket, *netns_directory, *pidfile, *daemon_config;
  uint16_t diagnostic_port;
  ipv4 lost; /* of MODE_LOST */
  bool hold_ports;
  bool force; /* work even where docker's own load balancer does */
};

/* Returns false after it has said on standard error what is wrong, or on standard output what was asked for
 * (`*exit_status` tells). */
bool options_parse(struct options *options, int argc, char **argv, int *exit_status);
