import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { INTERNAL_VARIABLES, SETTINGS } from '../bootstrap/settings/env-table.mjs';
import { SERVICE_USERS } from '../bootstrap/system-user.mjs';
import { REPO } from '../common/paths.mjs';

const DEPLOY = join(REPO, 'infra/deploy');
const read = (/** @type {string} */ path) => readFileSync(join(DEPLOY, path), 'utf8');
const units = readdirSync(join(DEPLOY, 'systemd')).filter((name) => name.endsWith('.service'));
const timers = readdirSync(join(DEPLOY, 'systemd')).filter((name) => name.endsWith('.timer'));
const known = new Set([...SETTINGS.map(({ name }) => name), ...INTERNAL_VARIABLES]);
/** Where the operator's listener is in what operators deploy. */
const OPERATOR_PORT = '9464';
/** Variables of these files themselves, which no process of ours reads. */
const OF_COMPOSE = [
  'DRYDOCK_REGISTRY',
  'DRYDOCK_TAG',
  'DRYDOCK_TLS_DIR',
  'DRYDOCK_SECRET_FILE',
  'DRYDOCK_MANAGER',
  'DRYDOCK_REDIS_PASSWORD',
];

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

  const files = readdirSync(DEPLOY, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.mjs'))
    .map((entry) => relative(DEPLOY, join(entry.parentPath, entry.name)));
  it.each(files)('%s publishes no operator’s listener', (path) => {
    // A Swarm ignores the address before a published port, and `docker run -P` publishes what a Dockerfile exposes.
    const lines = read(path)
      .split('\n')
      .filter((line) => !/^\s*#/.test(line));
    const named = lines.filter((line) => line.includes(OPERATOR_PORT));
    expect(named.filter((line) => !/^\s*(Environment=)?DRYDOCK_METRICS_PORT[=:] ?"?9464"?$/.test(line))).toEqual([]);
    expect(lines.filter((line) => /network_mode|--publish|PublishPort|ListenStream/i.test(line))).toEqual([]);
    // Where it listens: the loopback of its machine or container unless an operator of the place says otherwise.
    const hosts = lines.flatMap((line) => /DRYDOCK_METRICS_HOST\s*[=:]\s*(.*)$/.exec(line)?.[1] ?? []);
    expect(hosts.filter((host) => !/^(\$\{DRYDOCK_METRICS_HOST:-)?127\.0\.0\.1\}?$/.test(host))).toEqual([]);
  });

  it('the compose file publishes the edge’s two ports and nothing else, in a Swarm and outside', () => {
    const text = read('compose/compose.yaml');
    expect([...text.matchAll(/^ *(?:ports|expose):.*(?:\n +- .*)*/gm)].map(([found]) => found.trim())).toEqual([
      'ports: ["80:80", "443:443"]',
    ]);
    expect(text.match(/^ {2}edge:\n(?: {4}.*\n)*? {4}ports:/m)).not.toBeNull();
    expect(text).toMatch(/^ {6}DRYDOCK_METRICS_HOST: /m);
  });

  it.each(units.filter((name) => name !== 'drydock-redis.service'))(
    '%s runs a program of ours that a build makes',
    (name) => {
      const [, command = ''] = /^ExecStart=(.*)$/m.exec(read(`systemd/${name}`)) ?? [];
      const ours = command.split(' ').filter((word) => word.startsWith('/opt/drydock/'));
      expect(ours).not.toEqual([]);
      for (const path of ours) {
        // What is compiled is looked for by its source: a fresh clone has no builds.
        const source = path.replace('/opt/drydock/', '').replace(/\/dist\/(.*)\.js$/, '/src/$1.ts');
        if (!source.startsWith('node_modules/'))
          expect([source, existsSync(join(REPO, source))]).toEqual([source, true]);
      }
    },
  );

  it('units without privilege have a user each, as `npm start` has them, and a filter; all but the manager stay on the loopback', () => {
    for (const [service, user] of Object.entries(SERVICE_USERS)) {
      // The cache of a registry outside is the supervisor's alone.
      if (service === 'hub') continue;
      const text = read(`systemd/drydock-${service}.service`);
      expect(text).toMatch(new RegExp(`^User=${user}$`, 'm'));
      for (const line of ['ProtectProc=invisible', 'RestrictNamespaces=yes', 'SystemCallFilter=@system-service']) {
        expect(text.split('\n')).toContain(line);
      }
      expect([service, /^IPAddressDeny=any$/m.test(text)]).toEqual([service, service !== 'manager']);
    }
  });

  it('root’s units lack the system calls that `npm start` takes from them', () => {
    const rules = readFileSync(join(REPO, 'native/seccomp/host.rules'), 'utf8');
    const barred = [...rules.matchAll(/^errno EPERM (.*)$/gm)].flatMap(([, names = '']) => names.split(' '));
    for (const service of ['agent', 'terminals', 'lxcfs', 'images']) {
      const lines = [...read(`systemd/drydock-${service}.service`).matchAll(/^SystemCallFilter=~(.*)$/gm)];
      expect([service, lines.flatMap(([, names = '']) => names.split(' '))]).toEqual([service, barred]);
    }
  });

  it('a terminal host that is stuck is started again by systemd, too, which hears the child that tells it', () => {
    const lines = read('systemd/drydock-terminals.service').split('\n');
    expect(lines).toEqual(expect.arrayContaining(['WatchdogSec=30', 'NotifyAccess=all', 'Restart=always']));
  });

  it('a timer renews the images of hosts that nobody restarts, by the recipe that runs', () => {
    expect(timers).toEqual(['drydock-images.timer']);
    const commands = [...read('systemd/drydock-images.service').matchAll(/^ExecStart=(.*)$/gm)].map(
      ([, text = '']) => text,
    );
    expect(commands[0]).toMatch(/node-image\/build\.mjs --same-recipe/);
    expect(commands[1]).toMatch(/library\/build\.mjs --same-recipe/);
    expect(readFileSync(join(REPO, 'docs/deployment.md'), 'utf8')).toContain('drydock-images.timer');
  });

  it('no Redis is without a password', () => {
    expect(read('systemd/drydock-manager.service')).not.toMatch(/redis:\/\/127/);
    expect(read('systemd/drydock-manager.service')).toMatch(
      /^EnvironmentFile=-\/var\/lib\/drydock\/secrets\/redis\.env$/m,
    );
    const compose = read('compose/compose.yaml');
    expect(compose).toContain('--requirepass "$$REDISCLI_AUTH"');
    expect([...compose.matchAll(/redis:\/\/([^\s]*)/g)].map(([, url]) => url)).toEqual([
      ':$' + '{DRYDOCK_REDIS_PASSWORD}@redis:6379',
    ]);
  });

  it('the unit of the pages listens on the loopback: `next start` takes every address unless told', () => {
    expect(read('systemd/drydock-web.service')).toMatch(/^ExecStart=.*next start .* -H 127\.0\.0\.1$/m);
  });

  const whyNot = existsSync('/usr/bin/systemd-analyze') ? undefined : 'no systemd-analyze';
  it.skipIf(whyNot !== undefined)(`units are what systemd understands${whyNot ? ` (skipped: ${whyNot})` : ''}`, () => {
    // It looks whether programs are there, and on this machine they are in the clone.
    for (const name of [...units, ...timers]) {
      const text = read(`systemd/${name}`)
        .replaceAll('/opt/drydock', REPO)
        .replace(/^ExecStart=\S+/gm, 'ExecStart=/bin/true');
      writeFileSync(join(scratch, name), text);
    }
    const files = [...units, ...timers].map((name) => join(scratch, name));
    const said = execFileSync('systemd-analyze', ['verify', ...files], { encoding: 'utf8', stdio: 'pipe' });
    expect(said).toBe('');
  });

  it.skipIf(whyNot !== undefined)(
    `systemd itself finds little open in units without privilege${whyNot ? ` (skipped: ${whyNot})` : ''}`,
    () => {
      // Of 100. Ours have 14 to 16 by Debian 12's; each line that is left out costs 1 to 5. Other releases ask for other things, too.
      const release = /^systemd (\d+)/.exec(execFileSync('systemd-analyze', ['--version'], { encoding: 'utf8' }))?.[1];
      const threshold = release === '252' ? 17 : 25;
      for (const service of Object.keys(SERVICE_USERS)) {
        if (service === 'hub') continue;
        const file = join(DEPLOY, 'systemd', `drydock-${service}.service`);
        const words = ['security', '--offline=true', `--threshold=${threshold}`, '--no-pager', file];
        const { status, stdout } = spawnSync('systemd-analyze', words, { encoding: 'utf8' });
        const [said] = stdout.split('\n').filter((line) => line.includes('Overall exposure level'));
        expect([service, status, said]).toEqual([service, 0, expect.any(String)]);
      }
    },
  );

  it('the units that hold nodes and terminals are root and see the host; the others are neither', () => {
    for (const name of units) {
      const text = read(`systemd/${name}`);
      const confined =
        /^User=drydock(-\w+)?$/m.test(text) &&
        /^ProtectSystem=strict$/m.test(text) &&
        /^NoNewPrivileges=yes$/m.test(text);
      expect([name, confined]).toEqual([name, !/agent|terminals|lxcfs|images/.test(name)]);
      if (!confined) expect(text).not.toMatch(/^(Private|Protect)/m);
    }
  });
});
