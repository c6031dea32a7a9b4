import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layoutOf, REPO } from '../common/paths.mjs';
import { leftOnHost } from './left-on-host.mjs';

const sh = (command, ...args) => execFileSync(command, args, { encoding: 'utf8' }).trim();

describe('what a stack left on the host', () => {
  let state;
  let run;
  let undo;
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'drydock-left-'));
    run = join(state, 'run');
    mkdirSync(join(run, 'alloc'), { recursive: true });
    mkdirSync(join(state, 'disks'));
    undo = [];
  });
  afterEach(() => {
    for (const step of undo.reverse()) step();
    rmSync(state, { recursive: true, force: true });
  });

  /** A loop device over a disk of the stack. */
  function leaveDisk() {
    const file = join(state, 'disks', 'lost.img');
    writeFileSync(file, '');
    sh('truncate', '-s', '1M', file);
    const device = sh('losetup', '--find', '--show', file);
    undo.push(() => spawnSync('losetup', ['--detach', device]));
    return device;
  }

  it('is nothing where there is nothing', () => {
    expect(leftOnHost({ state, run })).toEqual([]);
  });

  it('is found: disk, loop device, claim and the group of its node, and only its own', () => {
    const device = leaveDisk();
    const session = `left${String(process.pid)
      .slice(-4)
      .replace(/[0189]/g, 'x')}`;
    writeFileSync(join(run, 'alloc', 'uid-7'), JSON.stringify({ owner: state, sessionId: session, name: 'node1' }));
    writeFileSync(join(run, 'alloc', 'uid-8'), JSON.stringify({ owner: '/else', sessionId: 'else', name: 'node1' }));
    const root = existsSync('/sys/fs/cgroup/pids') ? '/sys/fs/cgroup/pids' : '/sys/fs/cgroup';
    const group = join(root, 'drydock', session, 'node1');
    mkdirSync(group, { recursive: true });
    undo.push(() => {
      rmdirSync(group);
      rmdirSync(join(group, '..'));
    });
    const file = join(state, 'disks', 'lost.img');
    expect(leftOnHost({ state, run })).toEqual([
      `disk ${file}`,
      `loop device ${device} (${file})`,
      'claim uid-7',
      `cgroup ${group}`,
    ]);
  });

  it('is told by npm stop, which then fails', { timeout: 120_000 }, () => {
    const device = leaveDisk();
    const env = { ...process.env, DRYDOCK_STATE_DIR: state };
    const stop = () => spawnSync(process.execPath, [join(REPO, 'infra/bootstrap/stop.mjs')], { env, encoding: 'utf8' });
    const first = stop();
    expect([first.status, first.stderr]).toEqual([1, expect.stringContaining(`loop device ${device}`)]);
    sh('losetup', '--detach', device);
    rmSync(join(state, 'disks', 'lost.img'));
    const second = stop();
    expect([second.status, second.stderr]).toEqual([0, '']);
    expect(existsSync(layoutOf({ DRYDOCK_STATE_DIR: state }).runInstance)).toBe(false);
  });
});
