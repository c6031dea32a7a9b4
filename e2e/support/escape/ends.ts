/** What a node's root does so that the node cannot be ended. Each leaves a process on the host that `mark` tells from all others. */

export interface EndTrick {
  name: string;
  /** For the node's bash, as root; `mark` is a number of seconds to sleep for. */
  script(mark: string): string;
  /** What keeps the process from a naive end, which the control tries: a kill, or the kill of all in the node's own group. */
  escapes: 'kill' | 'group';
  /** Only where each controller has a hierarchy of its own (cgroup v1). */
  onlyV1?: boolean;
}

/** Moves a process that sleeps for MARK, no sooner than it does, into the group where the shell stands. */
const HIDE = `hide() { sleep "$1" >/dev/null 2>&1 & until [ "$(cat /proc/$!/comm)" = sleep ]; do :; done; echo $! > cgroup.procs; }`;
/** The hierarchy in which a node's processes are counted, and killed. */
const COUNTED = 'cd /sys/fs/cgroup/pids 2>/dev/null || cd /sys/fs/cgroup';

/** More groups than the agent's walk once looked into (4,096). */
export const MANY_GROUPS = 4300;

export const END_TRICKS: readonly EndTrick[] = [
  {
    name: 'a paused container',
    script: (mark) => `docker run -d --name held busybox sleep ${mark} && docker pause held`,
    escapes: 'kill',
    // A frozen process of v2 dies of a kill.
    onlyV1: true,
  },
  {
    name: 'a group frozen by hand, in another one',
    script: (
      mark,
    ) => `${HIDE}; mkdir -p /sys/fs/cgroup/freezer/a/b && cd /sys/fs/cgroup/freezer/a/b && hide ${mark} || exit
      echo FROZEN > ../freezer.state; for i in $(seq 200); do grep -q FROZEN freezer.state && exit; sleep 0.05; done; exit 1`,
    escapes: 'kill',
    onlyV1: true,
  },
  {
    name: `${MANY_GROUPS} groups with a child each`,
    script: (mark) => `${HIDE}; ${COUNTED}; for i in $(seq ${MANY_GROUPS}); do echo w$i/c; done | xargs mkdir -p &&
      cd w${MANY_GROUPS}/c && hide ${mark}`,
    escapes: 'group',
    // v2 bounds a node's groups at 4,096.
    onlyV1: true,
  },
  {
    name: 'a process hidden deep in every hierarchy',
    script: (mark) => `sleep ${mark} >/dev/null 2>&1 & pid=$!
      for top in /sys/fs/cgroup /sys/fs/cgroup/*; do [ -e $top/cgroup.procs ] || continue
        d=$top; for i in $(seq 20); do d=$d/h; done; mkdir -p $d 2>/dev/null && echo $pid > $d/cgroup.procs; done; true`,
    escapes: 'group',
  },
];
