/** Layers of images: made in a scratch folder, packed into compressed archives that are named by their content. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { CONTAINED } from '../common/contained.mjs';
import { Problem } from '../common/problem.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';

const SCRIPT = fileURLToPath(new URL('layer.sh', import.meta.url));
/** Installing packages into one layer (ms). */
const LAYER_LIMIT_MS = 10 * 60_000;
/** Half the time of the default level for a few per cent of size; nodes pull over a virtual cable. */
const GZIP_LEVEL = 4;

/**
 * @typedef {object} Layer
 * @property {string} file the compressed archive
 * @property {string} digest of the file
 * @property {string} diffId digest of what it unpacks to
 * @property {number} size bytes of the file
 */

/**
 * Installs packages, lays trees over and runs commands over the base.
 * @param {object} job
 * @param {string} job.work the scratch folder that makeBase filled
 * @param {string} job.name of the layer
 * @param {readonly string[]} job.packages
 * @param {readonly (readonly [string, string])[]} job.trees folders of the host and where they go in the image
 * @param {readonly string[]} job.finish shell lines
 * @param {AbortSignal} job.signal
 * @returns {Promise<string>} the folder with the layer's files
 */
export async function makeLayer({ work, name, packages, trees, finish, signal }) {
  const upper = join(work, name, 'upper');
  const [program = '', ...contained] = CONTAINED;
  const job = [join(work, 'base'), upper, join(work, name), join(work, 'lists'), join(work, 'apt.conf')];
  const result = await runCommand(
    program,
    [...contained, 'sh', SCRIPT, ...job, packages.join(' '), finish.join('\n'), ...trees.flat()],
    { signal, timeoutMs: LAYER_LIMIT_MS },
  );
  if (result.code !== 0) {
    throw new Problem(
      'LIBRARY_FAILED',
      `The library's image ${name} could not be made:\n${lastLines(result.output, 8)}`,
      'Check that this host reaches its package archive and has free disk, then try again.',
    );
  }
  return upper;
}

/**
 * Packs a folder; owners are kept as numbers, file capabilities too.
 * @param {string} folder
 * @param {string} file to write
 * @returns {Promise<Layer>}
 */
export async function packLayer(folder, file) {
  mkdirSync(join(file, '..'), { recursive: true });
  const xattrs = ['--xattrs', '--xattrs-include=security.capability'];
  const tar = spawn(
    'tar',
    ['--create', '--numeric-owner', '--sort=name', '--format=posix', ...xattrs, '-C', folder, '.'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise((resolve) => tar.once('close', resolve));
  const plain = createHash('sha256');
  const packed = createHash('sha256');
  await pipeline(
    tar.stdout,
    passing(plain),
    createGzip({ level: GZIP_LEVEL }),
    passing(packed),
    createWriteStream(file),
  );
  if ((await ended) !== 0) throw new Problem('LIBRARY_FAILED', `tar could not pack ${folder}.`, 'Check the free disk.');
  return {
    file,
    digest: `sha256:${packed.digest('hex')}`,
    diffId: `sha256:${plain.digest('hex')}`,
    size: statSync(file).size,
  };
}

/**
 * A pipeline stage that hashes what goes through.
 * @param {import('node:crypto').Hash} hash
 */
function passing(hash) {
  return async function* (/** @type {AsyncIterable<Buffer>} */ source) {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  };
}
