import { createHash } from 'node:crypto';
import {
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layoutOf } from '../common/paths.mjs';
import { localHostName, prepareStateDir } from './state-dir.mjs';
import { findUser, SERVICE_USERS } from './system-user.mjs';

/** Ids that belong to nobody on the machine, another for each service. */
const users = /** @type {import('./system-user.mjs').ServiceUsers} */ (
  Object.fromEntries(
    Object.keys(SERVICE_USERS).map((service, index) => [service, { uid: 64123 + index, gid: 64223 + index }]),
  )
);
let directory;
let layout;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drydock-state-'));
  layout = layoutOf({ DRYDOCK_STATE_DIR: join(directory, 'state'), DRYDOCK_RUN_DIR: join(directory, 'run') });
});
afterEach(() => rmSync(directory, { recursive: true }));

const mode = (path) => (statSync(path).mode & 0o777).toString(8);

describe('the state directory', () => {
  it('shows secrets to root alone, and to the manager its own', () => {
    const { agentKeyFile, managerDirectory } = prepareStateDir(layout, users);
    expect([mode(layout.secrets), statSync(layout.secrets).uid]).toEqual(['700', 0]);
    expect([mode(agentKeyFile), statSync(agentKeyFile).uid]).toEqual(['600', 0]);
    for (const path of [
      managerDirectory,
      join(managerDirectory, 'agent-keys.json'),
      join(managerDirectory, 'secret'),
    ]) {
      expect(statSync(path).uid).toBe(users.manager.uid);
      expect(mode(path)).toMatch(/^[67]00$/);
    }
  });

  it('holds only the hash of the host’s key where the manager reads it', () => {
    const { agentKeyFile, managerDirectory, hostName } = prepareStateDir(layout, users);
    const key = readFileSync(agentKeyFile, 'utf8').trim();
    expect(key).toMatch(/^[\w-]{43}$/);
    const text = readFileSync(join(managerDirectory, 'agent-keys.json'), 'utf8');
    expect(JSON.parse(text)).toEqual({ [hostName]: createHash('sha256').update(key).digest('hex') });
    expect(text).not.toContain(key);
  });

  it('keeps its secrets and other hosts’ keys when it is prepared again', () => {
    const first = prepareStateDir(layout, users);
    const keys = join(first.managerDirectory, 'agent-keys.json');
    const key = readFileSync(first.agentKeyFile, 'utf8');
    writeFileSync(keys, JSON.stringify({ ...JSON.parse(readFileSync(keys, 'utf8')), other: 'f'.repeat(64) }));
    expect(prepareStateDir(layout, users)).toEqual(first);
    expect(readFileSync(first.agentKeyFile, 'utf8')).toBe(key);
    expect(JSON.parse(readFileSync(keys, 'utf8'))).toMatchObject({ other: 'f'.repeat(64) });
  });

  it('gives each service its own directory, closed to the others', () => {
    prepareStateDir(layout, users);
    for (const service of /** @type {const} */ (['redis', 'web'])) {
      const { uid, gid } = statSync(join(layout.state, service));
      expect([service, uid, gid]).toEqual([service, users[service].uid, users[service].gid]);
      expect(mode(join(layout.state, service))).toBe('700');
    }
  });

  it('gives what one user had for all services to the user of each, links aside', () => {
    const redis = join(layout.state, 'redis');
    mkdirSync(join(redis, 'appendonlydir'), { recursive: true });
    const outside = join(directory, 'outside');
    for (const file of [outside, join(redis, 'appendonlydir/appendonly.aof.1.incr.aof')]) writeFileSync(file, 'x');
    symlinkSync(outside, join(redis, 'link'));
    symlinkSync(directory, join(redis, 'away'));
    const everything = ['', 'appendonlydir', 'appendonlydir/appendonly.aof.1.incr.aof', 'link', 'away'];
    for (const name of everything) lchownSync(join(redis, name), 64999, 64999);
    prepareStateDir(layout, users);
    for (const name of everything) expect([name, lstatSync(join(redis, name)).uid]).toEqual([name, users.redis.uid]);
    expect([statSync(outside).uid, statSync(directory).uid]).toEqual([0, 0]);
  });

  it('has directories of its own for each stack, and shares only what is host-wide', () => {
    const other = layoutOf({ DRYDOCK_STATE_DIR: join(directory, 'other'), DRYDOCK_RUN_DIR: join(directory, 'run') });
    expect(other.run).toBe(layout.run);
    expect(other.runInstance).not.toBe(layout.runInstance);
  });
});

it('a host’s name is made of what agents may be called', () => {
  expect(['web-1.example.org', 'my_host', '-x-', '', 'ä'].map(localHostName)).toEqual([
    'web-1.example.org',
    'my-host',
    'x',
    'host1',
    'host1',
  ]);
});

it('the system user is found in the password file', () => {
  const passwd = 'root:x:0:0:root:/root:/bin/bash\ndrydock:x:997:995:Drydock services:/nonexistent:/usr/sbin/nologin\n';
  expect(findUser('drydock', passwd)).toEqual({ uid: 997, gid: 995 });
  expect(findUser('drydock', 'drydock-web:x:1:1::/:/bin/sh\n')).toBeUndefined();
});
