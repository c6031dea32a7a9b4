import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layoutOf } from '../common/paths.mjs';
import { localHostName, prepareStateDir } from './state-dir.mjs';
import { findSystemUser } from './system-user.mjs';

/** Ids that belong to nobody on the machine. */
const user = { uid: 64123, gid: 64123 };
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
    const { agentKeyFile, managerDirectory } = prepareStateDir(layout, user);
    expect([mode(layout.secrets), statSync(layout.secrets).uid]).toEqual(['700', 0]);
    expect([mode(agentKeyFile), statSync(agentKeyFile).uid]).toEqual(['600', 0]);
    for (const path of [
      managerDirectory,
      join(managerDirectory, 'agent-keys.json'),
      join(managerDirectory, 'secret'),
    ]) {
      expect(statSync(path).uid).toBe(user.uid);
      expect(mode(path)).toMatch(/^[67]00$/);
    }
  });

  it('holds only the hash of the host’s key where the manager reads it', () => {
    const { agentKeyFile, managerDirectory, hostName } = prepareStateDir(layout, user);
    const key = readFileSync(agentKeyFile, 'utf8').trim();
    expect(key).toMatch(/^[\w-]{43}$/);
    const text = readFileSync(join(managerDirectory, 'agent-keys.json'), 'utf8');
    expect(JSON.parse(text)).toEqual({ [hostName]: createHash('sha256').update(key).digest('hex') });
    expect(text).not.toContain(key);
  });

  it('keeps its secrets and other hosts’ keys when it is prepared again', () => {
    const first = prepareStateDir(layout, user);
    const keys = join(first.managerDirectory, 'agent-keys.json');
    const key = readFileSync(first.agentKeyFile, 'utf8');
    writeFileSync(keys, JSON.stringify({ ...JSON.parse(readFileSync(keys, 'utf8')), other: 'f'.repeat(64) }));
    expect(prepareStateDir(layout, user)).toEqual(first);
    expect(readFileSync(first.agentKeyFile, 'utf8')).toBe(key);
    expect(JSON.parse(readFileSync(keys, 'utf8'))).toMatchObject({ other: 'f'.repeat(64) });
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
  expect(findSystemUser(passwd)).toEqual({ uid: 997, gid: 995 });
  expect(findSystemUser('drydocker:x:1:1::/:/bin/sh\n')).toBeUndefined();
});
