/** Nodes on a host whose kernel has cgroup v2 alone (and AppArmor): proven in a guest that runs this clone's own agent. */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPO } from '../common/paths.mjs';
import { runGuest } from './guest.mjs';
import { fillPayload } from './payload.mjs';
import { ensureGuestRoot, makeDisk } from './root.mjs';

const IMAGES = process.env.DRYDOCK_IMAGES_DIR ?? '/var/lib/drydock/images';
/** What the guest's program is compiled against. */
const BUILT = 'packages/service-kit/dist/index.d.ts';
/** Making the guest's root, once, and all that runs in it, emulated, on a busy machine (ms). */
const LIMIT_MS = 40 * 60_000;

function whyNot() {
  if (process.getuid?.() !== 0) return 'making disks with other owners needs root';
  if (process.arch !== 'x64') return 'the guest is an x86-64 one';
  if (!existsSync('/usr/bin/qemu-system-x86_64')) return 'no qemu-system-x86_64';
  if (!existsSync(join(IMAGES, 'node/current/rootfs'))) return `no node image in ${IMAGES}`;
  return existsSync(join(REPO, BUILT)) ? undefined : 'the clone is not built';
}
const unable = whyNot();

/** As cgroup2-guest-main.ts has them, in its order. */
const PROMISES = [
  'the host has cgroup v2 alone, and the agent sees it',
  'a node is made',
  'its limits lie above what it owns',
  'the engine comes up on cgroup v2 with overlay2',
  'a container has limits of its own below the node’s',
  'a container that wants too much is killed alone, and docker says so',
  'a process that wants too much is killed in the node, and the agent is told when it happens',
  'processes are bounded',
  'processor time is bounded',
  'it runs on as many processors as its limit is worth',
  'root in it can neither lift its limits nor leave its group',
  'it has no device but the harmless ones',
  'free, uptime and cpuinfo are its own, by lxcfs',
  'it runs under the AppArmor profile, and so do its containers',
  'groups below it are bounded, in number and in depth',
  'at rest nothing runs but its first process',
  'its end leaves nothing',
];

describe.skipIf(unable !== undefined)(`nodes on a cgroup v2 host${unable ? ` (skipped: ${unable})` : ''}`, () => {
  /** @type {Map<string, string | undefined>} */
  const results = new Map();
  /** @type {string[]} */
  const console = [];
  const work = mkdtempSync(join(tmpdir(), 'drydock-guest-'));

  beforeAll(async () => {
    const root = await ensureGuestRoot(IMAGES);
    const payload = join(work, 'payload');
    mkdirSync(payload);
    fillPayload(payload);
    await makeDisk(join(work, 'image.disk'), realpathSync(join(IMAGES, 'node/current/rootfs')), '2G');
    await makeDisk(join(work, 'payload.disk'), payload, '1G');
    await runGuest({
      boot: root,
      disks: [
        { file: root.disk, isOurs: false },
        { file: join(work, 'image.disk'), isOurs: true },
        { file: join(work, 'payload.disk'), isOurs: true },
      ],
      commandLine: 'root=/dev/vda rw init=/guest-init systemd.unified_cgroup_hierarchy=1 apparmor=1 security=apparmor',
      limitMs: LIMIT_MS,
      onLine(line) {
        console.push(line);
        const [, result] = /^RESULT (.*)$/.exec(line) ?? [];
        if (result === undefined) return;
        const { name, seconds, problem } = JSON.parse(result);
        process.stdout.write(`guest: ${name} (${seconds} s)${problem ? `: ${problem}` : ''}\n`);
        results.set(name, problem);
      },
    });
  }, LIMIT_MS);
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  it.each(PROMISES)('%s', (name) => {
    expect(results.has(name), console.slice(-40).join('\n')).toBe(true);
    expect(results.get(name)).toBeUndefined();
  });

  it('the guest did nothing that is not looked at here', () => {
    expect([...results.keys()]).toEqual(PROMISES);
  });
});
