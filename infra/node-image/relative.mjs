/** A short cut: an image that differs from another by the programs of native/ alone is a copy of it with those put in. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonIfThere } from '../common/files.mjs';
import { REPO } from '../common/paths.mjs';
import { Problem } from '../common/problem.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';
import { PROGRAMS } from './programs.mjs';
import { describe } from './root.mjs';

/**
 * @typedef {object} Relative
 * @property {string} path
 * @property {string} installedAt when its packages were installed
 */

/**
 * @param {string} directory the store of node images
 * @param {string} frame
 * @param {number} freshFor packages that are older are installed anew: the archive has security updates by then (ms)
 * @returns {Relative | undefined} a finished image of the same frame with fresh packages
 */
export function findRelative(directory, frame, freshFor) {
  for (const name of readdirSync(directory).filter((entry) => /^[0-9a-f]+$/.test(entry))) {
    const path = join(directory, name);
    const image = readJsonIfThere(join(path, 'image.json'));
    if (image?.frame === frame && Date.now() - Date.parse(image.installedAt) < freshFor) {
      return { path, installedAt: image.installedAt };
    }
  }
  return undefined;
}

/**
 * @param {object} job
 * @param {string} job.staging gets `rootfs` and `image.json`
 * @param {Relative} job.relative
 * @param {{hash: string, frame: string, suite: string}} job.description
 * @param {readonly import('./programs.mjs').Program[]} job.programs
 * @param {(line: string) => void} job.say
 * @param {AbortSignal} job.signal
 */
export async function copyRoot({ staging, relative, description, programs, say, signal }) {
  say('only programs of native/ have changed: copying the image and putting them in');
  const root = join(staging, 'rootfs');
  await must('cp', ['--archive', '--reflink=auto', join(relative.path, 'rootfs'), root], signal);
  for (const program of PROGRAMS) rmSync(join(root, program.path), { force: true });
  for (const program of programs) {
    const source = join(REPO, 'native/build', program.name);
    await must('install', ['-D', '--mode=755', '--strip', source, join(root, program.path)], signal);
  }
  await describe(staging, { ...description, installedAt: relative.installedAt });
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {AbortSignal} signal
 */
async function must(command, args, signal) {
  const { code, output } = await runCommand(command, args, { signal });
  if (signal.aborted)
    throw new Problem('INTERRUPTED', 'The build was interrupted.', 'Run it again; nothing half-made is left.');
  if (code !== 0)
    throw new Problem('NODE_IMAGE_FAILED', `${command} failed: ${lastLines(output, 3)}`, 'Check the free disk.');
}
