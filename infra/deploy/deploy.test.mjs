import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { INTERNAL_VARIABLES, SETTINGS } from '../bootstrap/env-table.mjs';
import { REPO } from '../common/paths.mjs';

const DEPLOY = join(REPO, 'infra/deploy');
const read = (/** @type {string} */ path) => readFileSync(join(DEPLOY, path), 'utf8');
const units = readdirSync(join(DEPLOY, 'systemd')).filter((name) => name.endsWith('.service'));
const known = new Set([...SETTINGS.map(({ name }) => name), ...INTERNAL_VARIABLES]);
/** Variables of these files themselves, which no process of ours reads. */
const OF_COMPOSE = ['DRYDOCK_REGISTRY', 'DRYDOCK_TAG', 'DRYDOCK_TLS_DIR', 'DRYDOCK_SECRET_FILE', 'DRYDOCK_MANAGER'];

const scratch = mkdtempSync(join(tmpdir(), 'drydock-deploy-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('what operators deploy', () => {
  it.each([...units.map((name) => `systemd/${name}`), 'compose/compose.yaml', 'Caddyfile'])(
    '%s names settings that exist',
    (path) => {
      const named = read(path)
        .split('\n')
        .filter((line) => !line.trim().startsWith('#'))
        .flatMap((line) => line.match(/\bDRYDOCK_[A-Z_]+(?![A-Z_*])/g) ?? []);
      expect(named.filter((name) => !known.has(name) && !OF_COMPOSE.includes(name))).toEqual([]);
    },
  );

  it('the compose file believes nobody’s X-Forwarded-For but that of its own network', () => {
    const text = read('compose/compose.yaml');
    const [, network = ''] = /^x-inside: &inside (\S+)$/m.exec(text) ?? [];
    expect(network).toMatch(/^172\.31\.\d+\.0\/24$/);
    expect(text).toMatch(/^ {6}DRYDOCK_TRUSTED_PROXIES: \*inside$/m);
    expect(text).toMatch(/^ {2}inside:\n {4}ipam: \{ config: \[\{ subnet: \*inside \}\] \}$/m);
  });

  it.each(units)('%s runs a program of ours that a build makes', (name) => {
    const [, command = ''] = /^ExecStart=(.*)$/m.exec(read(`systemd/${name}`)) ?? [];
    const ours = command.split(' ').filter((word) => word.startsWith('/opt/drydock/'));
    expect(ours).not.toEqual([]);
    for (const path of ours) {
      // What is compiled is looked for by its source: a fresh clone has no builds.
      const source = path.replace('/opt/drydock/', '').replace(/\/dist\/(.*)\.js$/, '/src/$1.ts');
      if (!source.startsWith('node_modules/')) expect([source, existsSync(join(REPO, source))]).toEqual([source, true]);
    }
  });

  it('the unit of the pages listens on the loopback: `next start` takes every address unless told', () => {
    expect(read('systemd/drydock-web.service')).toMatch(/^ExecStart=.*next start .* -H 127\.0\.0\.1$/m);
  });

  const whyNot = existsSync('/usr/bin/systemd-analyze') ? undefined : 'no systemd-analyze';
  it.skipIf(whyNot !== undefined)(`units are what systemd understands${whyNot ? ` (skipped: ${whyNot})` : ''}`, () => {
    // It looks whether programs are there, and on this machine they are in the clone.
    for (const name of units) {
      const text = read(`systemd/${name}`)
        .replaceAll('/opt/drydock', REPO)
        .replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true');
      writeFileSync(join(scratch, name), text);
    }
    const files = units.map((name) => join(scratch, name));
    const said = execFileSync('systemd-analyze', ['verify', ...files], { encoding: 'utf8', stdio: 'pipe' });
    expect(said).toBe('');
  });

  it('the units that hold nodes and terminals are root and see the host; the others are neither', () => {
    for (const name of units) {
      const text = read(`systemd/${name}`);
      const confined =
        /^User=drydock$/m.test(text) && /^ProtectSystem=strict$/m.test(text) && /^NoNewPrivileges=yes$/m.test(text);
      expect([name, confined]).toEqual([name, !/agent|terminals|lxcfs/.test(name)]);
      if (!confined) expect(text).not.toMatch(/^(Private|Protect)/m);
    }
  });
});
