/* The daemons of a node, started with the command lines of the distribution's own unit files. */
#include "catalogue.h"

#include "quiet.h"

static const char *const containerd_arguments[] = {"/usr/bin/containerd", NULL};
static const char *const docker_arguments[] = {"/usr/sbin/dockerd", "-H", "fd://",
                                               "--containerd=/run/containerd/containerd.sock", NULL};
static const char *const ssh_arguments[] = {"/usr/sbin/sshd", "-D", NULL};
static const char *const mesh_arguments[] = {"/usr/lib/drydock/swarm-mesh", NULL};

const struct service_definition service_catalogue[] = {
    {
        .name = "containerd",
        .description = "containerd container runtime",
        .documentation = "https://containerd.io",
        .arguments = containerd_arguments,
        .environment_file = "/etc/default/containerd",
        .notifies = true,
        .restart = RESTART_ALWAYS,
    },
    {
        .name = "docker",
        .description = "Docker Application Container Engine",
        .documentation = "https://docs.docker.com",
        .arguments = docker_arguments,
        .options_variable = "DOCKER_OPTS",
        .environment_file = "/etc/default/docker",
        .after = "containerd",
        .starts_dependency = true,
        .listen_path = "/run/docker.sock",
        .listen_group = "docker",
        .is_quiet = quiet_docker_line,
        .notifies = true,
        .restart = RESTART_ALWAYS,
    },
    {
        .name = "ssh",
        .description = "OpenBSD Secure Shell server",
        .documentation = "man:sshd(8)",
        .arguments = ssh_arguments,
        .options_variable = "SSHD_OPTS",
        .environment_file = "/etc/default/ssh",
        .runtime_directory = "/run/sshd",
        /* The image has no host keys: each node makes its own. One of the pool has no network, so that nobody can log
           in. */
        .needs_file = "/etc/ssh/ssh_host_ed25519_key",
        .optional = true,
        .notifies = true,
        .restart = RESTART_ON_FAILURE,
    },
    {
        .name = "drydock-swarm-mesh",
        .description = "Swarm load balancing where the kernel lends no IPVS",
        .arguments = mesh_arguments,
        .after = "docker",
        .ends_with_dependency = true,
        .optional = true,
        .restart = RESTART_ALWAYS,
    },
};

const unsigned service_catalogue_count = sizeof service_catalogue / sizeof service_catalogue[0];
