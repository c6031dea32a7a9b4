// The import law is held by tools: each probe below breaks it once, in a copy of the configuration, and must be refused.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { breaches, breachesIn } from './manager-floors.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const RULE = 'lint/style/noRestrictedImports';

/** @type {[name: string, file: string, imported: string, rule: string][]} */
const forbidden = [
  ['sessions know no web framework', 'apps/session-manager/src/sessions/probe.ts', 'fastify', RULE],
  ['sessions know no edge', 'apps/session-manager/src/sessions/probe.ts', '../edge/http-routes.ts', RULE],
  ['scheduling knows no Redis', 'apps/session-manager/src/scheduling/probe.ts', 'ioredis', RULE],
  [
    'parts of the store know no Redis but by its connection',
    'apps/session-manager/src/store/hosts/redis.ts',
    'ioredis',
    RULE,
  ],
  ['nodes know no web framework', 'apps/session-manager/src/nodes/probe.ts', 'fastify', RULE],
  ['records know no store of Redis', 'apps/session-manager/src/model/probe.ts', 'ioredis', RULE],
  ['what pages are told knows no sockets', 'apps/session-manager/src/live/probe.ts', 'socket.io', RULE],
  ['templates know no sockets', 'apps/session-manager/src/templates/probe.ts', 'socket.io', RULE],
  ['networks know no link', 'apps/node-agent/src/network/probe.ts', '../link/dispatch.ts', RULE],
  ['the ground of the agent stands alone', 'apps/node-agent/src/system/probe.ts', '../runtime/runtime.ts', RULE],
  ['the ground knows no PTY', 'apps/node-agent/src/system/probe.ts', 'node-pty', RULE],
  ['networks know no nodes', 'apps/node-agent/src/network/session/probe.ts', '../../nodes/pool.ts', RULE],
  ['nodes know no runc', 'apps/node-agent/src/nodes/probe.ts', '../runtime/runc/cgroups.ts', RULE],
  ['watchers know no fake', 'apps/node-agent/src/watch/probe.ts', '../runtime/fake/fake-runtime.ts', RULE],
  ['terminals know no platform', 'apps/node-agent/src/terminals/probe.ts', '../platform/terminal-commands.ts', RULE],
  ['the roots know no kind of platform', 'apps/node-agent/src/roots/probe.ts', '../platform/runc.ts', RULE],
  ['a runtime knows no nodes', 'apps/node-agent/src/runtime/runc/probe.ts', '../../nodes/pool.ts', RULE],
  ['a runtime knows no app', 'apps/node-agent/src/runtime/runc/probe.ts', '../../../../web/src/probe.ts', RULE],
  ['orders know no edge', 'apps/session-manager/src/operator/probe.ts', '../edge/http-routes.ts', RULE],
  ['the command line is no manager', 'apps/cli/src/probe.ts', '../../session-manager/src/manager.ts', RULE],
  ['the relay knows no sockets', 'apps/session-manager/src/relay/probe.ts', 'socket.io', RULE],
  ['nodes know no PTY', 'apps/node-agent/src/nodes/probe.ts', 'node-pty', RULE],
  ['nodes know no link', 'apps/node-agent/src/nodes/probe.ts', '../link/dispatch.ts', RULE],
  ['apps never import apps', 'apps/node-agent/src/probe.ts', '../../session-manager/src/manager.ts', RULE],
  ['apps never import end-to-end tests', 'apps/node-agent/src/testing/probe.ts', '../../../../e2e/probe.ts', RULE],
  [
    'the page imports no end-to-end test',
    'apps/web/src/workbench/testing/probe.ts',
    '../../../../../e2e/probe.ts',
    RULE,
  ],
  ['the page knows no service kit', 'apps/web/src/workbench/probe.ts', '@drydock/service-kit', RULE],
  ['the page runs in a browser', 'apps/web/src/workbench/probe.ts', 'node:fs', RULE],
  ['the protocol knows no Node.js', 'packages/protocol/src/probe.ts', 'node:fs', 'lint/correctness/noNodejsModules'],
  ['the protocol imports zod alone', 'packages/protocol/src/probe.ts', 'pino', RULE],
  [
    'terminal text knows no Node.js',
    'packages/terminal-text/src/probe.ts',
    'node:fs',
    'lint/correctness/noNodejsModules',
  ],
  ['labs know no Node.js', 'packages/lab/src/probe.ts', 'node:fs', 'lint/correctness/noNodejsModules'],
  ['labs know no service kit', 'packages/lab/src/probe.ts', '@drydock/service-kit', RULE],
  ['labs know no app', 'packages/lab/src/probe.ts', '../../../apps/session-manager/src/manager.ts', RULE],
  ['the client knows no Node.js', 'packages/client/src/probe.ts', 'node:fs', 'lint/correctness/noNodejsModules'],
  ['the client brings no socket', 'packages/client/src/probe.ts', 'socket.io-client', RULE],
  ['the client knows no service kit', 'packages/client/src/probe.ts', '@drydock/service-kit', RULE],
  ['the client knows no app', 'packages/client/src/probe.ts', '../../../apps/web/src/probe.ts', RULE],
  ['infra imports nothing', 'infra/bootstrap/probe.mjs', '@drydock/protocol', RULE],
  [
    'dependencies are declared',
    'packages/protocol/src/probe.ts',
    'fastify',
    'lint/correctness/noUndeclaredDependencies',
  ],
];
/** @type {[name: string, file: string, imported: string][]} */
const allowed = [
  ['the roots know the platform', 'apps/node-agent/src/roots/probe.ts', '../platform/platform.ts'],
  ['the platform knows runc', 'apps/node-agent/src/platform/probe.ts', '../runtime/runc/cgroups.ts'],
  ['networks stand on the ground', 'apps/node-agent/src/network/session/probe.ts', '../../system/run-tool.ts'],
  ['the client knows the protocol', 'packages/client/src/probe.ts', '@drydock/protocol'],
  ['the page speaks by the client', 'apps/web/src/workbench/probe.ts', '@drydock/client'],
  ['labs know the protocol', 'packages/lab/src/probe.ts', '@drydock/protocol'],
  ['the edge speaks sockets', 'apps/session-manager/src/edge/probe.ts', 'socket.io'],
  ['the connection to Redis names Redis', 'apps/session-manager/src/store/redis/client.ts', 'ioredis'],
  ['the terminal host holds the PTYs', 'apps/node-agent/src/terminals/terminal-host.ts', 'node-pty'],
];

describe('import law', () => {
  let copy = '';
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'import-law-'));
    execFileSync('git', ['init', '-q', copy]);
    for (const file of [
      'biome.json',
      'package.json',
      ...['protocol', 'client', 'service-kit', 'terminal-text', 'lab'].map((name) => `packages/${name}/package.json`),
      ...['web', 'session-manager', 'node-agent', 'cli'].map((name) => `apps/${name}/package.json`),
    ]) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      cpSync(join(root, file), join(copy, file));
    }
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  /**
   * Lints a probe for each row by one run of the linter, whose start takes longer than its work.
   * @param {readonly (readonly [string, string, string, string?])[]} rows name, file, what it imports
   * @returns {Map<string, string[]>} the rules that each row's probe breaks
   */
  function rulesBrokenBy(rows) {
    // One file of a name: the rules look at folders, and a few rows name the very file.
    const files = new Map(rows.map(([name, file], at) => [file.replace(/probe\.ts$/, `probe-${at}.ts`), name]));
    expect(files.size).toBe(rows.length);
    for (const [at, file] of [...files.keys()].entries()) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      writeFileSync(join(copy, file), `import { probe } from '${rows[at]?.[2]}';\n\nexport const held = probe;\n`);
    }
    const args = ['lint', '--reporter=json', '--max-diagnostics=none', ...files.keys()];
    const { stdout } = spawnSync(join(root, 'node_modules/.bin/biome'), args, { cwd: copy, encoding: 'utf8' });
    for (const file of files.keys()) rmSync(join(copy, file));
    /** @type {{summary: {unchanged: number}, diagnostics: {category: string, location: {path: string}}[]}} */
    const { summary, diagnostics } = JSON.parse(stdout);
    expect(summary.unchanged).toBe(rows.length);
    const broken = new Map([...files.values()].map((name) => [name, /** @type {string[]} */ ([])]));
    for (const { category, location } of diagnostics) broken.get(files.get(location.path) ?? '')?.push(category);
    return broken;
  }

  function lintText(file, text) {
    const path = join(copy, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    const run = spawnSync(join(root, 'node_modules/.bin/biome'), ['lint', '--colors=off', file], {
      cwd: copy,
      encoding: 'utf8',
    });
    rmSync(path);
    return { status: run.status, output: run.stdout + run.stderr };
  }

  describe('forbids', () => {
    /** @type {Map<string, string[]>} */
    let broken;
    beforeAll(() => {
      broken = rulesBrokenBy(forbidden);
    });
    test.each(forbidden)('%s', (name, _file, _specifier, rule) => {
      expect(broken.get(name)).toContain(rule);
    });
  });

  test.each(['document', 'fetch', 'WebSocket', 'process'])('the client takes no %s for granted', (name) => {
    const { status, output } = lintText('packages/client/src/probe.ts', `export const held = ${name};\n`);
    expect(output).toContain('lint/style/noRestrictedGlobals');
    expect(status).toBe(1);
  });

  test('a circle of types counts as a circle', () => {
    const other = join(copy, 'apps/node-agent/src/other.ts');
    mkdirSync(dirname(other), { recursive: true });
    writeFileSync(other, "import type { Probe } from './probe.ts';\n\nexport type Other = Probe[];\n");
    const probe = "import type { Other } from './other.ts';\n\nexport type Probe = { others?: Other };\n";
    const { status, output } = lintText('apps/node-agent/src/probe.ts', probe);
    rmSync(other);
    expect(output).toContain('lint/suspicious/noImportCycles');
    expect(status).toBe(1);
  });

  test('a switch over a union leaves no case out', () => {
    const probe = `export function probe(kind: 'a' | 'b'): void {\n  switch (kind) {\n    case 'a':\n      break;\n  }\n}\n`;
    const { status, output } = lintText('apps/node-agent/src/probe.ts', probe);
    expect(output).toContain('lint/nursery/useExhaustiveSwitchCases');
    expect(status).toBe(1);
  });

  describe('allows', () => {
    /** @type {Map<string, string[]>} */
    let broken;
    beforeAll(() => {
      broken = rulesBrokenBy(allowed);
    });
    test.each(allowed)('%s', (name) => {
      expect(broken.get(name)).not.toContain(RULE);
    });
  });
});

describe('the floors of the manager', () => {
  test('no room imports what stands above it', () => {
    expect(breaches(join(root, 'apps/session-manager/src'))).toEqual([]);
  });

  test.each([
    ['model/probe.ts', '../store/store.ts'],
    ['store/hosts/redis.ts', '../../sessions/session-directory.ts'],
    ['sessions/probe.ts', '../nodes/node-service.ts'],
    ['nodes/probe.ts', '../live/feed.ts'],
    ['relay/probe.ts', '../sessions/session-directory.ts'],
    ['edge/base/probe.ts', '../ports/gateway.ts'],
    ['edge/pages/probe.ts', '../door/front-door.ts'],
    ['edge/api/routes/probe.ts', '../../../manager.ts'],
    ['live/probe.ts', '../testing/fixture-agent.ts'],
    ['newcomer/probe.ts', '../model/session.ts'],
  ])('%s does not import %s', (path, specifier) => {
    expect(breachesIn(path, `import { probe } from '${specifier}';\n`)).toHaveLength(1);
  });

  test.each([
    ['store/hosts/redis.ts', '../redis/connection.ts'],
    ['edge/api/routes/probe.ts', '../../agents/agent-streams.ts'],
    ['roots/probe.ts', '../edge/door/front-door.ts'],
  ])('%s imports %s', (path, specifier) => {
    expect(breachesIn(path, `import { probe } from '${specifier}';\n`)).toEqual([]);
  });
});
