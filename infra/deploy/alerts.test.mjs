// Alert rules: what promtool says of them, and a line for each in the operators' page.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPO } from '../common/paths.mjs';

const DIRECTORY = join(REPO, 'infra/deploy/prometheus');
const PROMTOOL = '/usr/bin/promtool';
const named = (/** @type {string} */ text, /** @type {RegExp} */ form) =>
  [...text.matchAll(form)].map(([, name]) => name ?? '');
const alerts = named(readFileSync(join(DIRECTORY, 'alerts.yml'), 'utf8'), /- alert: (\w+)/g);

describe('alert rules', () => {
  const whyNot = existsSync(PROMTOOL) ? undefined : 'no promtool (Debian: prometheus)';
  const promtool = (/** @type {string[]} */ ...args) =>
    execFileSync(PROMTOOL, args, { cwd: DIRECTORY, encoding: 'utf8', stdio: 'pipe' });

  it.skipIf(whyNot !== undefined)(`fire when they should and only then${whyNot ? ` (skipped: ${whyNot})` : ''}`, () => {
    expect(promtool('check', 'rules', 'alerts.yml')).toContain(`SUCCESS: ${alerts.length} rules found`);
    expect(promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS');
  });

  it('are each tried in a case in which they fire', () => {
    const tried = readFileSync(join(DIRECTORY, 'alerts.test.yml'), 'utf8');
    const fired = named(tried, /alertname: (\w+)\n +exp_alerts:\n +- exp_labels/g);
    expect(alerts.filter((name) => !fired.includes(name))).toEqual([]);
  });

  it('have a line each that says what to do, and no line is of an alert that is gone', () => {
    const page = readFileSync(join(REPO, 'docs/operations.md'), 'utf8');
    expect(named(page, /^\| `(Drydock\w+)` \| ./gm).sort()).toEqual([...alerts].sort());
  });
});
