/**
 * What one node may hold of what the kernel counts by user: the settings of the user namespace above the node's own, which the node
 * can neither change nor see (native/stage). Of what costs its own memory the memory limit is the bound, and none is here.
 */

/**
 * By the names of /proc/sys/user. A container takes one namespace of each kind, and 4,096 processes (DRYDOCK_NODE_PIDS) are some 300
 * containers: so much and as much again, for builds, health checks and docker's own, and still far from what a host has.
 */
export const NODE_BOUNDS: Readonly<Record<string, number>> = {
  max_user_namespaces: 512,
  max_pid_namespaces: 1024,
  max_uts_namespaces: 1024,
  max_ipc_namespaces: 1024,
  max_mnt_namespaces: 1024,
  max_cgroup_namespaces: 1024,
  max_time_namespaces: 512,
  // Each may hold nf_conntrack_max connections and a table of neighbours that no memory limit counts.
  max_net_namespaces: 512,
  // A container with a file watcher holds one or two; a desktop of developers some hundred.
  max_inotify_instances: 1024,
  max_inotify_watches: 262_144,
};

/** The options by which dd-stage sets them. */
export function boundOptions(bounds = NODE_BOUNDS): string[] {
  return Object.entries(bounds).flatMap(([name, value]) => ['--bound', `${name}=${value}`]);
}
