/* The command line. */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

static const char usage[] =
    "swarm-mesh: gives Docker Swarm its virtual IPs and its routing mesh with nftables, where IPVS cannot be had\n"
    "\n"
    "usage: swarm-mesh [options]           serve until SIGTERM, which leaves everything programmed as it is\n"
    "       swarm-mesh --once [options]    bring everything in line and exit: 0 done, 1 not within 10 s\n"
    "       swarm-mesh --status [options]  print what is programmed in the kernel, as JSON\n"
    "       swarm-mesh --clear [options]   remove everything that swarm-mesh ever programmed\n"
    "       swarm-mesh --lost ADDRESS      tell the one that serves that this machine of the swarm is gone: exit 1 when none serves\n"
    "\n"
    "  --socket PATH           docker's API (/var/run/docker.sock)\n"
    "  --pidfile PATH          docker's pidfile, so that looking for docker never starts it; `none`: do not look\n"
    "                          (/var/run/docker.pid)\n"
    "  --netns-dir DIR         where docker mounts its network namespaces (/var/run/docker/netns)\n"
    "  --daemon-config PATH    docker's configuration, for its network-diagnostic-port (/etc/docker/daemon.json)\n"
    "  --diagnostic-port PORT  that port, if it is not in the configuration\n"
    "  --no-hold-ports         do not bind the published ports on the node\n"
    "  --force                 serve even where IPVS works\n"
    "  --verbose               log more\n";

bool options_parse(struct options *options, int argc, char **argv, int *exit_status) {
  *options = (struct options){.socket = "/var/run/docker.sock",
                              .netns_directory = "/var/run/docker/netns",
                              .pidfile = "/var/run/docker.pid",
                              .daemon_config = "/etc/docker/daemon.json",
                              .hold_ports = true};
  static const struct option known[] = {
      {"once", no_argument, NULL, 'o'},
      {"status", no_argument, NULL, 's'},
      {"clear", no_argument, NULL, 'c'},
      {"socket", required_argument, NULL, 'S'},
      {"pidfile", required_argument, NULL, 'p'},
      {"netns-dir", required_argument, NULL, 'n'},
      {"daemon-config", required_argument, NULL, 'd'},
      {"diagnostic-port", required_argument, NULL, 'D'},
      {"no-hold-ports", no_argument, NULL, 'H'},
      {"force", no_argument, NULL, 'f'},
      {"lost", required_argument, NULL, 'l'},
      {"verbose", no_argument, NULL, 'v'},
      {"help", no_argument, NULL, 'h'},
      {NULL, 0, NULL, 0},
  };
  *exit_status = 2;
  for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
    switch (option) {
      case 'o': options->mode = MODE_ONCE; break;
      case 's': options->mode = MODE_STATUS; break;
      case 'c': options->mode = MODE_CLEAR; break;
      case 'S': options->socket = optarg; break;
      case 'p': options->pidfile = strcmp(optarg, "none") == 0 ? NULL : optarg; break;
      case 'n': options->netns_directory = optarg; break;
      case 'd': options->daemon_config = optarg; break;
      case 'D': {
        char *end;
        unsigned long port = strtoul(optarg, &end, 10);
        if (*end || port == 0 || port > 65535) {
          fprintf(stderr, "swarm-mesh: --diagnostic-port wants a number from 1 to 65535, not `%s`\n", optarg);
          return false;
        }
        options->diagnostic_port = (uint16_t)port;
        break;
      }
      case 'l':
        options->mode = MODE_LOST;
        options->lost = ipv4_parse(optarg);
        if (options->lost) break;
        fprintf(stderr, "swarm-mesh: --lost wants the IPv4 address of a machine, not `%s`\n", optarg);
        return false;
      case 'H': options->hold_ports = false; break;
      case 'f': options->force = true; break;
      case 'v': log_verbose = true; break;
      case 'h':
        *exit_status = 0;
        fputs(usage, stdout);
        return false;
      default: fputs("try swarm-mesh --help\n", stderr); return false;
    }
  }
  if (optind == argc) return true;
  fprintf(stderr, "swarm-mesh: what is `%s`? Try swarm-mesh --help\n", argv[optind]);
  return false;
}
