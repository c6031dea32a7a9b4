import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { readAgentEnv } from './env.ts';

const needed = {
  DRYDOCK_AGENT_NAME: 'host1',
  DRYDOCK_AGENT_KEY_FILE: '/run/key',
  DRYDOCK_TERMINALS_SOCKET: '/run/terminals.sock',
  DRYDOCK_LIBRARY_URL: 'http://127.0.0.1:5001',
};

test('what is not set has its documented default, and native programs are this checkout’s', () => {
  const env = readAgentEnv(needed);
  expect(env.stateDir).toBe('/var/lib/drydock');
  expect(env.imagesDir).toBe('/var/lib/drydock/images');
  expect(env.nativeDir).toMatch(/\/native\/build$/);
  expect(env.nodeLimits).toEqual({ cpus: 2, memoryBytes: 2 * 1024 ** 3, diskBytes: 10 * 1024 ** 3, pids: 4096 });
  expect(readAgentEnv({ ...needed, DRYDOCK_NODE_MEMORY: '512m' }).nodeLimits.memoryBytes).toBe(512 * 1024 ** 2);
});

test('every bad variable is named at once', () => {
  const bad = { ...needed, DRYDOCK_AGENT_KEY_FILE: 'relative', DRYDOCK_NODE_DISK: 'much', DRYDOCK_EGRESS: 'all' };
  expect(() => readAgentEnv(bad)).toThrow(/DRYDOCK_AGENT_KEY_FILE.*DRYDOCK_EGRESS.*DRYDOCK_NODE_DISK/s);
});

test('a list that opens what no setting may is refused by name and with the reason', () => {
  const read = (allowed: string) => readAgentEnv({ ...needed, DRYDOCK_EGRESS_ALLOW: allowed }).egressLists.allowed;
  expect(read('10.0.0.0/8,Example.org')).toEqual({ networks: ['10.0.0.0/8'], names: ['example.org'] });
  expect(() => read('169.254.169.254')).toThrow(/DRYDOCK_EGRESS_ALLOW.*169\.254\.0\.0\/16 stays closed/s);
});

test('a manager elsewhere is spoken to by https, or by an explicit choice', () => {
  const read = (settings: Record<string, string>) => readAgentEnv({ ...needed, ...settings }).managerUrls;
  const away = 'http://192.31.196.9:3000';
  expect(() => read({ DRYDOCK_MANAGER_URL: away })).toThrow(/in clear.*DRYDOCK_INSECURE_MANAGER/s);
  expect(() => read({ DRYDOCK_MANAGER_URLS: `https://lab.example.org,${away}` })).toThrow(/in clear/);
  expect(() => read({ DRYDOCK_MANAGER_URL: 'http://manager.example.org' })).toThrow(/in clear/);
  expect(read({ DRYDOCK_MANAGER_URL: away, DRYDOCK_INSECURE_MANAGER: '1' })).toEqual([away]);
  for (const near of ['https://lab.example.org', 'http://127.0.0.1:3000', 'http://localhost:3000', 'http://[::1]:3000'])
    expect(read({ DRYDOCK_MANAGER_URL: near })).toEqual([near]);
  const [own] = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  expect(read({ DRYDOCK_MANAGER_URL: `http://${own?.family === 'IPv6' ? '[::1]' : own?.address}:3000` })).toHaveLength(
    1,
  );
});
