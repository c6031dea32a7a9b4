import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostSnapshot, leftovers } from './host-snapshot.mjs';

/** A session that nobody else has: this process's own. */
const SESSION = `probe${String(process.pid)
  .slice(-3)
  .replace(/[0189]/g, 'x')}`;
const OPTIONS = { testRun: `probe-${process.pid}` };

let directory;
let undo;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drydock-leftover-'));
  undo = [];
});
afterEach(() => {
  for (const step of undo.reverse()) step();
  rmSync(directory, { recursive: true });
});

const sh = (command, ...args) => execFileSync(command, args, { encoding: 'utf8' }).trim();
const cgroupParents = () =>
  existsSync('/sys/fs/cgroup/cgroup.controllers') ? ['/sys/fs/cgroup'] : ['/sys/fs/cgroup/pids'];

/** Each leaves one thing on the host and says how to take it away. */
const leave = {
  'network namespace': () => {
    sh('ip', 'netns', 'add', `dd-${SESSION}`);
    undo.push(() => sh('ip', 'netns', 'delete', `dd-${SESSION}`));
  },
  link: () => {
    sh('ip', 'link', 'add', `dd-${SESSION}`, 'type', 'veth', 'peer', 'name', `dq-${SESSION}`);
    undo.push(() => sh('ip', 'link', 'delete', `dd-${SESSION}`));
  },
  mount: () => {
    sh('mount', '-t', 'tmpfs', 'tmpfs', directory);
    undo.push(() => sh('umount', directory));
  },
  'loop device': () => {
    writeFileSync(join(directory, 'disk.img'), '');
    sh('truncate', '-s', '1M', join(directory, 'disk.img'));
    const device = sh('losetup', '--find', '--show', join(directory, 'disk.img'));
    undo.push(() => sh('losetup', '--detach', device));
  },
  cgroup: () => {
    for (const parent of cgroupParents()) {
      const group = join(parent, 'drydock', SESSION);
      const parentWasThere = existsSync(join(parent, 'drydock'));
      mkdirSync(group, { recursive: true });
      undo.push(() => {
        rmdirSync(group);
        if (!parentWasThere) rmdirSync(join(parent, 'drydock'));
      });
    }
  },
  'nftables table': () => {
    sh('nft', 'add', 'table', 'ip', `drydock-${SESSION}`);
    undo.push(() => sh('nft', 'delete', 'table', 'ip', `drydock-${SESSION}`));
  },
  process: () => {
    const child = spawn('sleep', ['60'], {
      env: { PATH: process.env.PATH, TEST_RUN: OPTIONS.testRun },
      stdio: 'ignore',
    });
    undo.push(() => child.kill('SIGKILL'));
  },
};

describe('the leftover check', () => {
  it.each(Object.keys(leave))('finds a %s that was left, and nothing when it is gone', async (kind) => {
    const before = hostSnapshot(OPTIONS);
    leave[kind]();
    const found = () => leftovers(before, hostSnapshot(OPTIONS))[kind]?.filter(mine);
    expect(found()?.length).toBeGreaterThan(0);
    for (const step of undo.reverse()) step();
    undo = [];
    await expect.poll(found).toEqual([]);
  });

  it('finds a state directory and a claim', () => {
    const options = { ...OPTIONS, stateParent: directory, runDirectory: join(directory, 'run') };
    mkdirSync(join(directory, 'run/alloc'), { recursive: true });
    const before = hostSnapshot(options);
    mkdirSync(join(directory, 'drydock-e2e-1'));
    writeFileSync(join(directory, 'run/alloc/uid-1'), '');
    const left = leftovers(before, hostSnapshot(options));
    expect([left['state directory'], left.claim]).toEqual([['drydock-e2e-1'], ['uid-1']]);
  });

  it('does not count what was there before', () => {
    const before = { link: ['dd-a'] };
    expect(leftovers(before, { link: ['dd-a', 'dd-b'] })).toEqual({ link: ['dd-b'] });
  });
});

/** Others may use the host at the same time: only what this test made counts here. @param {string} name */
function mine(name) {
  return name.includes(SESSION) || name.includes(directory) || name.includes('sleep 60');
}
