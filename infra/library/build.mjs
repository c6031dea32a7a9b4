/**
 * Builds the image library that nodes pull from: `node infra/library/build.mjs [--images-dir DIR] [--more | --same-recipe]`. Without `--more` it has what every
 * installation needs; with it the big images are added, to what is there by then. What is in use already is not made smaller. With
 * `--same-recipe` it renews the library that is in use, of the size that it has, and makes no other.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentHash } from '../bootstrap/steps/content-hash.mjs';
import { acceptsNoSecurity, findArchive, findRelease } from '../common/apt-archive.mjs';
import { readJsonIfThere } from '../common/files.mjs';
import { freshForMs, imagesDirectory } from '../common/image-arguments.mjs';
import { ensureBuild, isCurrent } from '../common/image-store.mjs';
import { REPO } from '../common/paths.mjs';
import { describeFailure, Problem } from '../common/problem.mjs';
import { runCommand } from '../common/run-command.mjs';
import { makeBase } from './base.mjs';
import { CORE, MORE } from './catalogue.mjs';
import { copyLibrary, unpackBase } from './earlier.mjs';
import { fetchForeignBusybox } from './foreign-busybox.mjs';
import { imageConfig, makeImages } from './images.mjs';
import { makeLayer } from './layers.mjs';
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
  'earlier.mjs',
  'foreign-busybox.mjs',
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
  const args = process.argv.slice(2);
  const sameRecipe = args.includes('--same-recipe');
  const images = imagesDirectory(
    args.filter((arg) => arg !== '--more' && arg !== '--same-recipe'),
    process.env,
  );
  const release = await findRelease();
  const npm = findNpm();
  const facts = [release.suite, release.arch, npm?.version ?? 'no npm'];
  if (acceptsNoSecurity(process.env)) facts.push('no security');
  const hashOf = (/** @type {string[]} */ ...parts) =>
    contentHash(REPO, RECIPE, [...facts, ...parts]).slice(0, HASH_LENGTH);
  const directory = join(images, 'library');
  const freshness = {
    forMs: freshForMs(process.env),
    installedAt: (/** @type {string} */ path) =>
      Date.parse(readJsonIfThere(join(path, 'library.json'))?.builtAt ?? '') || 0,
  };
  const full = hashOf('more');
  const isAll = isCurrent({ directory, hash: full });
  if (sameRecipe && !isAll && !isCurrent({ directory, hash: hashOf() })) {
    say('not renewed: what it is made of has changed since the start; the next start makes another one');
    process.exit();
  }
  const wantsMore = args.includes('--more') || (sameRecipe && isAll);
  const hasMore = isCurrent({ directory, hash: full, freshness });
  const { path, built } = await (async () => {
    if (hasMore) return { path: join(directory, 'current'), built: false };
    const hash = hashOf();
    const core = await ensureBuild({
      directory,
      hash,
      say,
      freshness,
      build: (staging) => buildLibrary({ staging, hash, release, npm, catalogue: CORE }),
    });
    if (!wantsMore) return core;
    return ensureBuild({
      directory,
      hash: full,
      say,
      freshness,
      build: (staging) => buildLibrary({ staging, hash: full, release, npm, catalogue: MORE, earlier: core.path }),
    });
  })();
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
 * @param {object} job
 * @param {string} job.staging
 * @param {string} job.hash
 * @param {import('../common/apt-archive.mjs').Release} job.release
 * @param {{path: string, version: string} | undefined} job.npm
 * @param {readonly import('./catalogue.mjs').LibraryImage[]} job.catalogue
 * @param {string} [job.earlier] a library that these images are added to: its images stay as they are, to the byte
 */
async function buildLibrary({ staging, hash, release, npm, catalogue, earlier }) {
  const work = join(staging, '.work');
  mkdirSync(work);
  const archive = await findArchive(release, process.env);
  const signal = stop.signal;
  const known = new Map();
  /** @type {Map<string, Listed>} the last image of a repository in the catalogue is its `latest` */
  const listed = new Map();
  /** @type {import('./layers.mjs').Layer | undefined} */
  let base;
  if (earlier === undefined) {
    say('making the Debian base');
    await makeBase({ work, release, archive, signal });
  } else {
    say('adding to the images that are there');
    for (const image of await copyLibrary(earlier, staging)) listed.set(image.repository, image);
    base = await unpackBase({ library: staging, work, archive });
    known.set(base.digest, 'library/debian');
    await makeLayer({ work, name: 'lists', packages: ['UPDATE'], trees: [], finish: [], signal });
  }
  const foreignBusybox =
    earlier === undefined ? await fetchForeignBusybox({ work, release, archive, say, signal }) : {};
  say('installing the images over it');
  if (npm === undefined && earlier === undefined)
    say('the node image goes without npm: the npm of this machine is not in one piece');
  const made = await makeImages({ catalogue, work, base, foreignBusybox, npm, say, signal });

  say('putting them into the registry');
  const registry = await startRegistry(staging, work);
  const arch = GO_ARCH[/** @type {keyof typeof GO_ARCH} */ (release.arch)] ?? release.arch;
  const builtAt = new Date().toISOString();
  try {
    for (const { image, version, layers, foreign = {} } of made) {
      const tags = image.tags({ version, suite: release.suite });
      const variant = (/** @type {import('./layers.mjs').Layer[]} */ of, /** @type {string} */ on) => ({
        config: imageConfig(image, of, on, builtAt),
        layers: of,
      });
      const others = Object.fromEntries(Object.entries(foreign).map(([name, of]) => [name, variant(of, name)]));
      const pushed = await pushImage({
        registry: registry.url,
        repository: image.repository,
        tags,
        known,
        ...variant(layers, arch),
        platforms: { arch, others },
      });
      const repository = image.repository.replace(/^library\//, '');
      const before = listed.get(repository);
      listed.set(repository, {
        repository,
        tags: [...(before?.tags ?? []), ...tags],
        description: image.description,
        ...pushed,
        digests: { ...before?.digests, ...Object.fromEntries(tags.map((tag) => [tag, pushed.digest])) },
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
