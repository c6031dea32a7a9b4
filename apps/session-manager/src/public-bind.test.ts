import { describe, expect, it } from 'vitest';
import { readManagerEnv } from './env.ts';

const needed = { REDIS_URL: 'redis://127.0.0.1:6379', DRYDOCK_AGENT_KEYS_FILE: '/dev/null' };
const read = (settings: Record<string, string>) => readManagerEnv({ ...needed, ...settings });

describe('a manager that others than its machine reach', () => {
  const binds = [
    { DRYDOCK_HOST: '0.0.0.0' },
    { DRYDOCK_DOMAIN: 'lab.example.org' },
    { DRYDOCK_PUBLIC_URL: 'https://lab.example.org' },
  ];
  it.each(binds)('refuses %o without a choice of who may start, and names the four', (bind) => {
    expect(() => read(bind)).toThrow(/DRYDOCK_OIDC_ISSUER.*DRYDOCK_START_GATE=work.*keys.*DRYDOCK_OPEN=yes/s);
    const signIn = { DRYDOCK_OIDC_ISSUER: 'https://login.example.org', DRYDOCK_OIDC_CLIENT_ID: 'x' };
    expect(() => read({ ...bind, ...signIn, DRYDOCK_START_GATE: 'none' })).toThrow(/DRYDOCK_OPEN=yes/);
    for (const choice of [{ DRYDOCK_OPEN: 'yes' }, { DRYDOCK_START_GATE: 'work' }, signIn])
      expect(read({ ...bind, ...choice })).toMatchObject({
        DRYDOCK_EGRESS: 'mirror-only',
        DRYDOCK_PORT_WARNING: '1',
        DRYDOCK_IDLE_MINUTES: 45,
        DRYDOCK_EMBED: 'keys',
      });
  });

  it('keeps what is set', () => {
    const own = {
      DRYDOCK_EGRESS: 'internet',
      DRYDOCK_PORT_WARNING: '0',
      DRYDOCK_IDLE_MINUTES: '0',
      DRYDOCK_EMBED: 'off',
    };
    expect(read({ DRYDOCK_HOST: '0.0.0.0', DRYDOCK_OPEN: 'yes', ...own })).toMatchObject({
      DRYDOCK_EGRESS: 'internet',
      DRYDOCK_PORT_WARNING: '0',
      DRYDOCK_IDLE_MINUTES: 0,
      DRYDOCK_EMBED: 'off',
    });
  });
});

it('a manager of its own machine alone starts as ever', () => {
  for (const settings of [{}, { DRYDOCK_PUBLIC_URL: 'http://localhost:3000' }, { DRYDOCK_HOST: '::1' }])
    expect(read(settings)).toMatchObject({
      DRYDOCK_PORT_WARNING: '0',
      DRYDOCK_IDLE_MINUTES: 0,
      DRYDOCK_EMBED: 'open',
      DRYDOCK_EGRESS: undefined,
    });
});

it('a store in memory needs no Redis, and is refused where others could reach it', () => {
  const { REDIS_URL: _, ...rest } = needed;
  expect(() => readManagerEnv(rest)).toThrow(/REDIS_URL/);
  expect(readManagerEnv({ ...rest, DRYDOCK_STORE: 'memory' }).DRYDOCK_STORE).toBe('memory');
  const open = { ...rest, DRYDOCK_STORE: 'memory', DRYDOCK_HOST: '0.0.0.0', DRYDOCK_OPEN: 'yes' };
  expect(() => readManagerEnv(open)).toThrow(/DRYDOCK_STORE/);
});
