/** Builds the image library that nodes pull from: `node infra/library/build.mjs [--images-dir DIR]`. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentHash } from '../bootstrap/content-hash.mjs';
import { findArchive, findRelease } from '../common/apt-archive.mjs';
import { readJsonIfThere } from '../common/files.mjs';
import { freshForMs, imagesDirectory } from '../common/image-arguments.mjs';
import { ensureBuild } from '../common/image-store.mjs';
import { REPO } from '../common/paths.mjs';
import { describeFailure, Problem } from '../common/problem.mjs';
import { runCommand } from '../common/run-command.mjs';
import { makeBase } from './base.mjs';
import { CATALOGUE } from './catalogue.mjs';
import { imageConfig, makeImages } from './images.mjs';
import { findNpm } from './npm-tree.mjs';
import { pushImage } from './push.mjs';
import { startRegistry } from './registry-server.mjs';

/** Debian's names of machines as Go, and so every image, has them. */
const GO_ARCH = { amd64: 'amd64', arm64: 'arm64' };
const HASH_LENGTH = 16;
/** What decides the library's content; words about it (README.md) and how it is served (registry-config.mjs) do not. */
const RECIPE = [
  'images',
  'base.mjs',
  'catalogue.mjs',
  'images.mjs',
  'layer.sh',
  'layers.mjs',
  'push.mjs',
  'scratch.mjs',
  'version-tags.mjs',
].map((name) => `infra/library/${name}`);

const started = performance.now();
const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
const say = (/** @type {string} */ line) => console.log(`image library: ${line} (${seconds()})`);
const stop = new AbortController();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => stop.abort());

try {
  const images = imagesDirectory(process.argv.slice(2), process.env);
  const release = await findRelease();
  const npm = findNpm();
  const hash = contentHash(REPO, RECIPE, [release.suite, release.arch, npm?.version ?? 'no npm']).slice(0, HASH_LENGTH);
  const { path, built } = await ensureBuild({
    directory: join(images, 'library'),
    hash,
    say,
    freshness: {
      forMs: freshForMs(process.env),
      installedAt: (path) => Date.parse(readJsonIfThere(join(path, 'library.json'))?.builtAt ?? '') || 0,
    },
    build: (staging) => buildLibrary(staging, hash, release, npm),
  });
  say(`${built ? 'built' : 'up to date'}: ${path}`);
} catch (thrown) {
  const interrupted = new Problem(
    'INTERRUPTED',
    'The build was interrupted.',
    'Run it again; nothing half-made is left.',
  );
  console.error(describeFailure(stop.signal.aborted ? interrupted : thrown));
  process.exitCode = 1;
}

/**
 * An entry of library.json, which the page and the API show.
 * @typedef {{repository: string, tags: string[], description: string, sizeBytes: number, digest: string, digests: Record<string, string>}} Listed
 */

/**
 * @param {string} staging
 * @param {string} hash
 * @param {import('../common/apt-archive.mjs').Release} release
 * @param {{path: string, version: string} | undefined} npm
 */
async function buildLibrary(staging, hash, release, npm) {
  const work = join(staging, '.work');
  mkdirSync(work);
  const archive = await findArchive(release, process.env);
  say('making the Debian base');
  await makeBase({ work, release, archive, signal: stop.signal });
  say('installing the images over it');
  if (npm === undefined) say('the node image goes without npm: the npm of this machine is not in one piece');
  const made = await makeImages({ catalogue: CATALOGUE, work, npm, say, signal: stop.signal });

  say('putting them into the registry');
  const registry = await startRegistry(staging, work);
  const arch = GO_ARCH[/** @type {keyof typeof GO_ARCH} */ (release.arch)] ?? release.arch;
  const builtAt = new Date().toISOString();
  const known = new Map();
  /** @type {Map<string, Listed>} the last image of a repository in the catalogue is its `latest` */
  const listed = new Map();
  try {
    for (const one of made) {
      const { image, version, layers } = one;
      const tags = image.tags({ version, suite: release.suite });
      const config = imageConfig(one, arch, builtAt);
      const pushed = await pushImage({
        registry: registry.url,
        repository: image.repository,
        tags,
        config,
        layers,
        known,
      });
      const repository = image.repository.replace(/^library\//, '');
      const earlier = listed.get(repository);
      listed.set(repository, {
        repository,
        tags: [...(earlier?.tags ?? []), ...tags],
        description: image.description,
        ...pushed,
        digests: { ...earlier?.digests, ...Object.fromEntries(tags.map((tag) => [tag, pushed.digest])) },
      });
    }
  } finally {
    await registry.stop();
  }
  rmSync(work, { recursive: true, force: true });
  writeFileSync(
    join(staging, 'library.json'),
    `${JSON.stringify({ hash, builtAt, images: [...listed.values()] }, null, 2)}\n`,
  );
  // The mirror serves them as an unprivileged user.
  await runCommand('chmod', ['--recursive', 'a+rX', staging]);
}
