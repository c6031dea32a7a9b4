import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPO } from '../../common/paths.mjs';
import { Problem } from '../../common/problem.mjs';
import { envExample } from './env-example.mjs';
import { COMMAND_LINE_VARIABLES, INTERNAL_VARIABLES, SETTINGS, TEST_VARIABLES } from './env-table.mjs';
import { loadSettings, parseEnvFile } from './load-settings.mjs';

const NO_FILE = '/nonexistent/.env';

/**
 * @param {Record<string, string>} environment
 * @returns {Problem | undefined}
 */
function problemOf(environment) {
  try {
    loadSettings(environment, NO_FILE);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  return undefined;
}

describe('settings', () => {
  it('have the documented defaults when nothing is set', () => {
    expect(loadSettings({}, NO_FILE)).toMatchObject({
      DRYDOCK_PORT: '3000',
      DRYDOCK_HOST: '127.0.0.1',
      DRYDOCK_DOMAIN: 'localhost',
      DRYDOCK_STATE_DIR: '/var/lib/drydock',
      DRYDOCK_SESSION_HOURS: '4',
      DRYDOCK_NODES_PER_SESSION: '8',
    });
  });

  it('come from the environment first, from .env second', () => {
    expect(
      parseEnvFile('# a comment\n\nDRYDOCK_PORT=1\nexport DRYDOCK_DOMAIN="x.org"\nREDIS_URL=redis://h # mine\n'),
    ).toEqual({
      DRYDOCK_PORT: '1',
      DRYDOCK_DOMAIN: 'x.org',
      REDIS_URL: 'redis://h',
    });
    expect(() => parseEnvFile('DRYDOCK_PORT 3000')).toThrow('Line 1 of .env is not NAME=value.');
  });

  it('that are unknown stop the start with one line and the likely name', () => {
    const problem = problemOf({ DRYDOCK_PROT: '3000' });
    expect(problem?.code).toBe('UNKNOWN_SETTING');
    expect(problem?.message).toBe('There is no setting DRYDOCK_PROT (did you mean DRYDOCK_PORT?).');
  });

  it('that are bad stop the start with one line that names each of them', () => {
    const problem = problemOf({ DRYDOCK_PORT: '70000', DRYDOCK_EGRESS: 'all' });
    expect(problem?.code).toBe('BAD_SETTING');
    expect(problem?.message).toContain('DRYDOCK_PORT must be a whole number from 1 to 65535 (it is "70000")');
    expect(problem?.message).toContain('DRYDOCK_EGRESS must be one of internet, mirror-only, none (it is "all")');
    expect(problem?.message).not.toContain('\n');
  });

  it.each([
    ['DRYDOCK_PORT', '0'],
    ['DRYDOCK_PORT', '80x'],
    ['DRYDOCK_HOST', 'localhost'],
    ['DRYDOCK_DOMAIN', 'https://x.org'],
    ['DRYDOCK_DOMAIN', 'x.org:3000'],
    ['DRYDOCK_STATE_DIR', 'relative'],
    ['DRYDOCK_STATE_DIR', '/with blank'],
    ['REDIS_URL', 'http://x'],
    ['DRYDOCK_NODE_MEMORY', '12'],
    ['DRYDOCK_NODE_MEMORY', '2 GB'],
    ['DRYDOCK_NODE_CPUS', '-1'],
    ['DRYDOCK_SESSION_HOURS', '0'],
    ['DRYDOCK_NODES_PER_SESSION', '8.5'],
    ['DRYDOCK_EGRESS_DENY', '10.0.0.0/33'],
    ['DRYDOCK_EGRESS_ALLOW', 'localhost'],
  ])('refuse %s=%s', (name, value) => {
    expect(problemOf({ [name]: value })?.message).toContain(name);
  });

  it.each([
    ['DRYDOCK_HOST', '::1'],
    ['DRYDOCK_HOST', '0.0.0.0'],
    ['DRYDOCK_DOMAIN', 'lab.example.org'],
    ['DRYDOCK_NODE_MEMORY', '512m'],
    ['DRYDOCK_SESSION_HOURS', '0.5'],
    ['DRYDOCK_EGRESS_DENY', '10.0.0.0/8, *.example.org,192.0.2.7'],
    ['REDIS_URL', 'rediss://user:word@h:6380/0'],
  ])('take %s=%s', (name, value) => {
    expect(loadSettings({ [name]: value }, NO_FILE)[name]).toBe(value);
  });

  it('that the supervisor works out by itself cannot be set', () => {
    expect(problemOf({ DRYDOCK_MANAGER_URL: 'http://x' })?.message).toContain('Drydock works it out by itself');
  });

  it('with an empty value count as unset', () => {
    expect(loadSettings({ DRYDOCK_PORT: '' }, NO_FILE).DRYDOCK_PORT).toBe('3000');
  });

  it('are all in .env.example, with default and reason', () => {
    expect(readFileSync(join(REPO, '.env.example'), 'utf8')).toBe(envExample());
  });

  it('have good defaults', () => {
    for (const { kind, fallback, name } of SETTINGS)
      if (fallback !== undefined) expect([name, kind(fallback)]).toEqual([name, undefined]);
  });

  it('that any process reads are in the table', () => {
    const known = new Set([
      ...SETTINGS.map(({ name }) => name),
      ...INTERNAL_VARIABLES,
      ...COMMAND_LINE_VARIABLES,
      ...TEST_VARIABLES,
    ]);
    const unknown = sources(['apps', 'packages', 'e2e']).flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/\bDRYDOCK_[A-Z0-9_]+\b/g)]
        .filter(([name]) => !known.has(name))
        .map(([name]) => `${name} in ${path}`),
    );
    expect(unknown).toEqual([]);
  });
});

function sources(folders) {
  return folders.flatMap((folder) =>
    readdirSync(join(REPO, folder), { recursive: true })
      .map((path) => join(folder, path))
      .filter(
        (path) =>
          /\.(ts|tsx)$/.test(path) && !/\.test\.tsx?$/.test(path) && !/node_modules|\/dist\/|\.next\//.test(path),
      )
      .map((path) => join(REPO, path)),
  );
}
