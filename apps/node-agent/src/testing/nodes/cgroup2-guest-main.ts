/**
 * Runs in the guest of infra/guest, whose kernel has cgroup v2 alone: makes a node by the real runtime and tries out what its limits
 * are worth. One line `RESULT {"name", "problem"}` for each promise; no problem, no text.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { sessionIdSchema } from '@drydock/protocol';
import { createLogger, systemClock } from '@drydock/service-kit';
import type { NodeService } from '../../nodes/node-service.ts';
import { readCgroupHost } from '../../runtime/runc/cgroup-host.ts';
import { createOwnFigures } from '../../runtime/runc/own-figures.ts';
import { wideGroups } from './cgroup-tricks.ts';
import { NATIVE_DIR, openRealHost, type RealHost } from './real-host.ts';
import { remainsOf } from './remains.ts';

const MIB = 1024 ** 2;
const SESSION = sessionIdSchema.parse('guestabc');
const KEY = { sessionId: SESSION, name: 'node1' };
const LIMITS = { cpus: 0.5, memoryBytes: 400 * MIB, diskBytes: 2048 * MIB, pids: 300 };
const GROUP = `/sys/fs/cgroup/drydock/${SESSION}/node1`;
/** An emulated processor is twenty times as slow as a real one (seconds). */
const PATIENCE_SECONDS = 290;
/** Of a process in a group of its own making. */
const HIDDEN_SECONDS = '100001';

const [imagesDir = ''] = process.argv.slice(2);
let host: RealHost;
let nodes: NodeService;

async function run(script: string): Promise<{ exitCode: number; text: string }> {
  const command = ['/bin/bash', '-c', script];
  const result = await nodes.exec(SESSION, 'node1', { command, timeoutSeconds: PATIENCE_SECONDS });
  return { exitCode: result.exitCode, text: `${result.stdout}${result.stderr}`.trim() };
}

/** An error with all that caused it. */
function reasons(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} ${reasons(error.cause)}`;
}

function expectThat(holds: boolean, found: unknown): void {
  if (!holds) throw new Error(`found ${JSON.stringify(found)}`);
}

async function waitFor(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const read = (file: string) => readFileSync(`${GROUP}/${file}`, 'utf8').trim();

/** Makes the image `bb`, with nothing in it but the guest's busybox. */
async function importImage(): Promise<void> {
  const make = `d=$(mktemp -d); mkdir $d/bin; cp /bin/busybox $d/bin/; for p in sh tail sleep cat; do ln -s busybox $d/bin/$p; done; tar -C $d -c .; rm -r $d`;
  const stdin = execFileSync('sh', ['-c', make], { maxBuffer: 64 * MIB });
  const command = ['docker', 'import', '-', 'bb'];
  const { exitCode, stderr } = await host.runtime.exec(KEY, { command, stdin, timeoutSeconds: PATIENCE_SECONDS });
  expectThat(exitCode === 0, stderr.toString());
}

const PROMISES: Record<string, () => unknown> = {
  'the host has cgroup v2 alone, and the agent sees it': async () => {
    expectThat((await readCgroupHost()).version === 2, await readCgroupHost());
    expectThat(!/ cgroup /.test(readFileSync('/proc/mounts', 'utf8')), 'a hierarchy of v1');
  },
  'a node is made': async () => {
    const create = () => nodes.create({ sessionId: SESSION, node: 'node1', index: 1, limits: LIMITS });
    // An emulated processor on a busy machine may be too slow for the time that runc gets, most of all when nothing is cached yet.
    const isTimeout = (error: unknown) => reasons(error).includes('SIGKILL');
    const again = (error: unknown) => (isTimeout(error) ? create() : Promise.reject(error));
    await create().catch(again).catch(again);
    expectThat((await run('hostname')).text === 'node1', await run('hostname'));
  },
  'its limits lie above what it owns': () => {
    expectThat(read('memory.max') === String(LIMITS.memoryBytes), read('memory.max'));
    expectThat(read('pids.max') === '300' && read('cpu.max') === '50000 100000', read('cpu.max'));
  },
  'the engine comes up on cgroup v2 with overlay2': async () => {
    await run('/usr/lib/drydock/drydock-ctl wait docker 280');
    const { text } = await run('docker info -f "{{.CgroupVersion}} {{.Driver}}"');
    expectThat(text === '2 overlay2', text);
  },
  'a container has limits of its own below the node’s': async () => {
    await importImage();
    const script = `docker run -d --name box --network none --memory 50m --pids-limit 40 --cpus 0.2 bb sleep 1000 >/dev/null &&
      g=/sys/fs/cgroup$(cut -d: -f3 /proc/$(docker inspect -f '{{.State.Pid}}' box)/cgroup) && cat $g/memory.max $g/pids.max $g/cpu.max; docker rm -f box >/dev/null`;
    const { text } = await run(script);
    expectThat(text.split('\n').join(' ') === `${50 * MIB} 40 20000 100000`, text);
  },
  'a container that wants too much is killed alone, and docker says so': async () => {
    const { text } = await run(
      // It must be under way first: a kill amid its start is docker's failure to start it.
      'docker run --name hog --network none --memory 48m bb sh -c "sleep 5; exec tail /dev/zero"; docker inspect -f "{{.State.OOMKilled}}" hog; docker rm hog >/dev/null',
    );
    expectThat(text.endsWith('true'), text);
  },
  'a process that wants too much is killed in the node, and the agent is told when it happens': async () => {
    let told = 0;
    const before = (await host.runtime.usage(KEY)).oomKills;
    const presence = await host.runtime.probe(KEY);
    if (presence.state !== 'running') throw new Error(presence.state);
    const stop = presence.node.observe({
      onSockets: () => undefined,
      onOom: () => {
        told += 1;
      },
    });
    const { exitCode } = await run('exec tail /dev/zero');
    expectThat(exitCode === 137, exitCode);
    await waitFor(() => told > 0, 'word of the kill');
    stop();
    expectThat((await host.runtime.usage(KEY)).oomKills > before, 'no count');
    expectThat((await run('echo alive')).text === 'alive', 'a dead node');
  },
  'processes are bounded': async () => {
    // One that is there already ends the others: no other can be started while there are too many.
    const fill = `for (1..400) { $p = fork; unless (defined $p) { print "full: $!"; last } unless ($p) { sleep 1000; exit } push @p, $p } kill 9, @p`;
    const { text } = await run(`perl -e '${fill}'`);
    expectThat(text.includes('full: Resource temporarily unavailable'), text);
  },
  'processor time is bounded': async () => {
    const used = () => Number(/^usage_usec (\d+)$/m.exec(read('cpu.stat'))?.[1]);
    const [started, before] = [performance.now(), used()];
    await run('for i in 1 2; do timeout 8 sh -c "while :; do :; done" & done; wait; true');
    const share = (used() - before) / 1000 / (performance.now() - started);
    expectThat(share > 0.2 && share < 0.6, share);
  },
  'it runs on as many processors as its limit is worth': async () => {
    expectThat((await run('nproc')).text === '1', await run('nproc'));
  },
  'root in it can neither lift its limits nor leave its group': async () => {
    const { text } = await run(
      `for f in memory.max pids.max cpu.max cgroup.kill; do [ -e /sys/fs/cgroup/$f ] && [ $f != cgroup.kill ] && (cat /sys/fs/cgroup/$f > /sys/fs/cgroup/$f) 2>/dev/null && echo LIFTED $f; done
       mkdir /tmp/top; mount -t cgroup2 none /tmp/top && [ -e /tmp/top/drydock ] && echo OUTSIDE; cat /proc/self/cgroup`,
    );
    expectThat(!/LIFTED|OUTSIDE/.test(text) && text.includes('0::/'), text);
    expectThat(Number(read('pids.current')) > 0, 'nobody in the group');
  },
  'it has no device but the harmless ones': async () => {
    const { text } = await run(
      'for d in /dev /root; do mknod $d/disk b 254 0 2>&1 && head -c1 $d/disk && echo OPENED; done; true',
    );
    expectThat(!text.includes('OPENED') && text.includes('not permitted'), text);
  },
  'free, uptime and cpuinfo are its own, by lxcfs': async () => {
    expectThat(existsSync('/dev/fuse'), 'no FUSE');
    await waitFor(
      async () => (await run("awk '/^MemTotal/ {print $2}' /proc/meminfo")).text === `${400 * 1024}`,
      'its memory',
    );
    expectThat((await run('grep -c ^processor /proc/cpuinfo')).text === '1', 'processors');
  },
  'it runs under the AppArmor profile, and so do its containers': async () => {
    const { text } = await run('cat /proc/1/attr/current; cat /proc/self/attr/current');
    expectThat(text === 'drydock-node (enforce)\ndrydock-node (enforce)', text);
    const inside = await run('docker run --rm --network none bb cat /proc/self/attr/current');
    expectThat(inside.text.includes('drydock-node'), inside.text);
  },
  'groups below it are bounded, in number and in depth': async () => {
    const { text } = await run(
      'cd /sys/fs/cgroup; mkdir t; cd t; n=0; while mkdir d 2>/dev/null; do cd d; n=$((n + 1)); done; echo $n; cat /sys/fs/cgroup/cgroup.max.descendants',
    );
    expectThat(Number(text.split('\n')[0]) < 32 && read('cgroup.max.descendants') === '4096', text);
    const hidden = `perl -e '${wideGroups(200, HIDDEN_SECONDS).replaceAll("'", `'"'"'`)}'`;
    expectThat((await run(hidden)).exitCode === 0, await run('ls /sys/fs/cgroup | wc -l'));
  },
  'at rest nothing runs but its first process': async () => {
    await run('setsid sleep 1000 >/dev/null 2>&1 </dev/null & true');
    await nodes.restSession(SESSION);
    // Dead ones that its first process, stopped, does not reap still count as pids, but are in no list.
    const living = () =>
      execFileSync('find', [GROUP, '-name', 'cgroup.procs', '-exec', 'cat', '{}', '+']).toString().trim().split('\n');
    await waitFor(() => living().length === 1, 'rest');
  },
  'its end leaves nothing': async () => {
    await nodes.destroySession(SESSION);
    expectThat(remainsOf(host.stateDir, [SESSION]).length === 0, remainsOf(host.stateDir, [SESSION]));
    expectThat(!existsSync('/sys/fs/cgroup/drydock'), 'our group');
  },
};

const figures = createOwnFigures({
  directory: '/run/drydock/lxcfs',
  nativeDir: NATIVE_DIR,
  clock: systemClock,
  logger: createLogger('guest', 'warn'),
});
host = await openRealHost(imagesDir, 'warn', { figures });
nodes = await host.startAgent();
for (const [name, promise] of Object.entries(PROMISES)) {
  const started = performance.now();
  const problem = await Promise.resolve()
    .then(promise)
    .then(
      () => undefined,
      (error: unknown) => reasons(error).slice(0, 2000),
    );
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  process.stdout.write(`RESULT ${JSON.stringify({ name, seconds, ...(problem === undefined ? {} : { problem }) })}\n`);
}
await host.close();
process.exit(0);
