/** The commands that iximiuz tasks call, in our own words under the same names: files on the nodes' PATH. */

/** Where tasks and what they printed are kept on a node. */
export const TASK_FOLDER = '/opt/lab/tasks';
export const TASK_OUTPUT = '/var/lib/lab-tasks';

const INSPECTED: Readonly<Record<string, string>> = {
  docker_container_pid: '{{.State.Pid}}',
  docker_container_ip: '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
  docker_container_name: '{{.Name}}',
  docker_container_image: '{{.Config.Image}}',
  docker_container_image_id: '{{.Image}}',
  docker_container_exit_code: '{{.State.ExitCode}}',
};

const inspected = Object.entries(INSPECTED).map(([name, format]): [string, string] => [
  name,
  `docker inspect --type container --format '${format}' "$1" | sed 's|^/||'`,
]);

const OTHERS: readonly [string, string][] = [
  [
    'docker_container_is_running',
    '[ "$(docker inspect --type container --format \'{{.State.Running}}\' "$1")" = true ]',
  ],
  ['docker_container_count_running', 'docker ps -q "$@" | wc -l'],
  ['docker_container_count_total', 'docker ps -aq "$@" | wc -l'],
  ['docker_image_id', 'docker image inspect --format \'{{.Id}}\' "$1"'],
  ['docker_image_size_bytes', 'docker image inspect --format \'{{.Size}}\' "$1"'],
];

/** Path on each node → text. */
export const IXIMIUZ_HELPERS: ReadonlyMap<string, string> = new Map(
  [...inspected, ...OTHERS].map(([name, command]) => [`/usr/local/bin/${name}`, `#!/bin/sh\n${command}\n`]),
);
