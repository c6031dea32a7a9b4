/** Each parser of foreign bytes in native/ is fed by libFuzzer under sanitizers, from the inputs that are kept (native/fuzz/corpus). */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPackages, missingPackages } from '../bootstrap/apt.mjs';
import { FUZZ_PACKAGES } from '../bootstrap/packages.mjs';
import { REPO } from '../common/paths.mjs';
import { runCommand } from '../common/run-command.mjs';

const FUZZ = join(REPO, 'native/fuzz');
const TARGETS = readdirSync(FUZZ)
  .filter((name) => name.endsWith('.fuzz.c'))
  .map((name) => basename(name, '.fuzz.c'));
/** For each parser; a night's run is `native/build/fuzz/<name> -max_total_time=3600 native/fuzz/corpus/<name>`. */
const SECONDS = 15;
/** Installing and compiling, on a busy machine (ms). */
const PREPARE_MS = 10 * 60_000;

describe.skipIf(process.getuid?.() !== 0)('parsers in C under a fuzzer', () => {
  /** What they find is put here: an input that breaks one belongs into native/fuzz/corpus with the mend. */
  let work = '';

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'ddt-fuzz-'));
    const missing = await missingPackages(FUZZ_PACKAGES.map(({ name }) => name));
    const { signal } = new AbortController();
    const logFile = join(work, 'apt.log');
    if (missing.length > 0) await installPackages(missing, { services: [], logFile, signal, detail: () => {} });
    const built = await runCommand('make', ['-C', join(REPO, 'native'), 'fuzz'], { timeoutMs: PREPARE_MS });
    expect(built.code, built.output).toBe(0);
  }, PREPARE_MS);
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  it.each(TARGETS)('%s takes whatever comes', async (name) => {
    const fresh = join(work, name);
    mkdirSync(fresh);
    const args = [
      `-max_total_time=${SECONDS}`,
      '-timeout=5',
      '-rss_limit_mb=1024',
      '-max_len=8192',
      '-print_final_stats=1',
    ];
    const run = await runCommand(
      join(REPO, 'native/build/fuzz', name),
      [...args, `-artifact_prefix=${fresh}-`, fresh, join(FUZZ, 'corpus', name)],
      { timeoutMs: SECONDS * 6000 },
    );
    expect(run.code, run.output.slice(-8000)).toBe(0);
    // One that stops early, or whose code is not reached, would prove nothing.
    const count = /number_of_executed_units: (\d+)/.exec(run.output)?.[1];
    expect(Number(count)).toBeGreaterThan(1000);
  });
});
