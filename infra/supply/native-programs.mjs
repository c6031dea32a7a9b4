/** The programs of native/ as they were built: their content, and the packages whose code the linker put into them. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { REPO } from '../common/paths.mjs';
import { Problem } from '../common/problem.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';

const NATIVE = join(REPO, 'native');
/** A line of `make -n` that links a program, as the Makefile's `program` writes it. */
const LINKS = /^\S+ .* -o build\/([\w.-]+)$/;

/** @param {string} program @param {string[]} args @param {string} what */
async function output(program, args, what) {
  const { code, stdout, output: all } = await runCommand(program, args, { cwd: NATIVE });
  if (code === 0) return stdout;
  throw new Problem(
    'SBOM_FAILED',
    `${what}:\n${lastLines(all, 3)}`,
    'Build the native programs first: `npm start` does.',
  );
}

/**
 * Asks the linker: each program is linked once more, to nowhere, and it tells the archives that it reads.
 * @param {string} command
 * @param {string} scratch
 * @returns {Promise<string[]>} archives outside of the clone
 */
async function archivesOf(command, scratch) {
  const traced = `${command.replace(/ -o \S+$/, '')} -o ${join(scratch, 'program')} -Wl,--trace`;
  const trace = await output('sh', ['-c', traced], 'A native program could not be linked');
  const archives = trace.split('\n').filter((line) => line.endsWith('.a'));
  return [...new Set(archives.map((line) => realpathSync(resolve(NATIVE, line))))];
}

/** @param {string} archive @returns {Promise<import('./debian-packages.mjs').DebianPackage>} */
async function packageOf(archive) {
  const owner = (await output('dpkg-query', ['--search', archive], `No package owns ${archive}`)).split(': ')[0] ?? '';
  const format = '$' + '{Package}|$' + '{Version}|$' + '{Architecture}';
  const shown = await output('dpkg-query', ['--show', `--showformat=${format}`, owner], `${owner} is not installed`);
  const [name = '', version = '', arch = ''] = shown.split('|');
  return { name, version, arch };
}

/**
 * @returns {Promise<import('./bills.mjs').NativeProgram[]>} in the order in which they are built
 * @throws {Problem} SBOM_FAILED when they are not built, or an archive is of no package
 */
export async function nativePrograms() {
  const plan = await output(
    'make',
    ['--dry-run', '--always-make', '--no-print-directory', 'programs'],
    'make has no plan',
  );
  const scratch = mkdtempSync(join(tmpdir(), 'drydock-link-'));
  /** @type {Map<string, import('./debian-packages.mjs').DebianPackage>} */
  const known = new Map();
  const programs = [];
  try {
    for (const line of plan.split('\n')) {
      const name = line.includes(' -c ') ? undefined : LINKS.exec(line)?.[1];
      if (name === undefined) continue;
      /** @type {Map<string, import('./debian-packages.mjs').DebianPackage>} */
      const linked = new Map();
      for (const archive of await archivesOf(line, scratch)) {
        const one = known.get(archive) ?? (await packageOf(archive));
        known.set(archive, one);
        linked.set(one.name, one);
      }
      const sha256 = createHash('sha256')
        .update(readFileSync(join(NATIVE, 'build', name)))
        .digest('hex');
      programs.push({ name, sha256, linked: [...linked.values()] });
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (programs.length > 0) return programs;
  throw new Problem(
    'SBOM_FAILED',
    'The Makefile links no program.',
    'Mend the pattern of infra/supply/native-programs.mjs.',
  );
}
