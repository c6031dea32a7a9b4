import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeAtomic } from '../common/files.mjs';
import { layoutOf } from '../common/paths.mjs';
import { joinedFile, readJoined } from './joined.mjs';
import { stackServices } from './services.mjs';

const ids = { uid: 0, gid: 0 };
/** @type {string} */
let state;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'drydock-joined-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

/** @param {import('./joined.mjs').Joined | undefined} joined */
const planWith = (joined) => ({
  // Whether lxcfs runs is the machine's own matter.
  settings: { DRYDOCK_PORT: '3000', DRYDOCK_LXCFS: '0' },
  layout: layoutOf({ DRYDOCK_STATE_DIR: state }),
  users: { manager: ids, web: ids, redis: ids, mirror: ids, hub: ids },
  ports: { redis: 1, mirror: 2, web: 3, metrics: 4, hub: 5 },
  redisUrl: 'redis://127.0.0.1:1',
  hostName: joined?.name ?? 'own',
  agentKeyFile: join(state, 'agent.key'),
  managerSecrets: state,
  redisConfig: join(state, 'redis.conf'),
  mirrorConfig: join(state, 'mirror.yml'),
  joined,
  hub: undefined,
});

describe('a machine that joined a manager elsewhere', () => {
  it('runs the host’s part alone, under the name it joined with', () => {
    const joined = { manager: 'https://lab.example.org', name: 'second' };
    const services = stackServices(planWith(joined)).map(({ spec }) => spec);
    expect(services.map(({ name }) => name)).toEqual(['mirror', 'terminals', 'agent']);
    expect(services.at(-1)?.env).toMatchObject({
      DRYDOCK_MANAGER_URL: 'https://lab.example.org',
      DRYDOCK_AGENT_NAME: 'second',
    });
  });

  it('is told by a file beside its key; one that did not join runs everything', () => {
    const layout = layoutOf({ DRYDOCK_STATE_DIR: state });
    expect(readJoined(layout)).toBeUndefined();
    const names = stackServices(planWith(undefined)).map(({ spec }) => spec.name);
    expect(names).toEqual(['redis', 'mirror', 'terminals', 'web', 'manager', 'agent']);
    rmSync(join(state, 'secrets'), { recursive: true, force: true });
    expect(joinedFile(layout)).toBe(join(state, 'secrets/joined.json'));
    writeAtomic(join(state, 'joined.json'), '{"manager":"https://a.example","name":"b"}');
    expect(readJoined({ ...layout, secrets: state })).toEqual({ manager: 'https://a.example', name: 'b' });
  });
});

it('refuses to show a service a path that is not absolute, at once', () => {
  expect(() => stackServices({ ...planWith(undefined), mirrorConfig: 'mirror.yml' })).toThrow(/not absolute/);
});
