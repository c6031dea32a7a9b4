/** A library that is there already, as the beginning of a larger one: its files are shared by hard links, and its base is unpacked again. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../common/problem.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';
import { aptConfiguration } from './base.mjs';

/** Hundreds of files, some hundred megabytes (ms). */
const COPY_LIMIT_MS = 5 * 60_000;

/**
 * docker-registry never writes into a file of a repository that nothing is pushed to, so the earlier library stays as it is.
 * @param {string} earlier
 * @param {string} staging
 * @returns {Promise<import('./build.mjs').Listed[]>} what it holds
 */
export async function copyLibrary(earlier, staging) {
  await must('cp', ['-al', join(earlier, 'docker'), staging]);
  return JSON.parse(readFileSync(join(earlier, 'library.json'), 'utf8')).images;
}

/**
 * Fills `work` as makeBase does, apart from the package lists.
 * @param {{library: string, work: string, archive: import('../common/apt-archive.mjs').Archive}} job
 * @returns {Promise<import('./layers.mjs').Layer>} the layer of the debian image, the same bytes as there
 */
export async function unpackBase({ library, work, archive }) {
  const blobs = join(library, 'docker/registry/v2/blobs');
  const blob = (/** @type {string} */ digest) => {
    const [algorithm = '', hex = ''] = digest.split(':');
    return join(blobs, algorithm, hex.slice(0, 2), hex, 'data');
  };
  const link = join(library, 'docker/registry/v2/repositories/library/debian/_manifests/tags/latest/current/link');
  const manifest = JSON.parse(readFileSync(blob(readFileSync(link, 'utf8')), 'utf8'));
  const config = JSON.parse(readFileSync(blob(manifest.config.digest), 'utf8'));
  const [{ digest, size }] = manifest.layers;
  const base = join(work, 'base');
  for (const folder of [base, join(work, 'lists/partial')]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(work, 'apt.conf'), aptConfiguration(archive));
  const xattrs = ['--xattrs', '--xattrs-include=security.capability'];
  await must('tar', [
    '--extract',
    '--gzip',
    '--numeric-owner',
    '--same-permissions',
    ...xattrs,
    '-C',
    base,
    '-f',
    blob(digest),
  ]);
  return { file: blob(digest), digest, diffId: config.rootfs.diff_ids[0], size };
}

/** @param {string} program @param {string[]} args */
async function must(program, args) {
  const result = await runCommand(program, args, { timeoutMs: COPY_LIMIT_MS });
  if (result.code === 0) return;
  throw new Problem('LIBRARY_FAILED', `${program} failed:\n${lastLines(result.output, 3)}`, 'Check the free disk.');
}
