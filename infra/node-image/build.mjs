/**
 * Builds the root file system of nodes: `node infra/node-image/build.mjs [--images-dir DIR] [--same-recipe]`. With `--same-recipe` it renews
 * the image that is in use when that is old, and makes no other: for a stack that runs while its clone may change.
 */
import { join } from 'node:path';
import { findArchive, findRelease } from '../common/apt-archive.mjs';
import { readJsonIfThere } from '../common/files.mjs';
import { freshForMs, imagesDirectory } from '../common/image-arguments.mjs';
import { ensureBuild, isCurrent } from '../common/image-store.mjs';
import { describeFailure } from '../common/problem.mjs';
import { imagesInUse } from './in-use.mjs';
import { builtPrograms, makePrograms, recipeHash } from './recipe.mjs';
import { copyRoot, findRelative } from './relative.mjs';
import { buildRoot } from './root.mjs';

const started = performance.now();
const say = (/** @type {string} */ line) => console.log(`node image: ${line}`);
const stop = new AbortController();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => stop.abort());

try {
  const words = process.argv.slice(2);
  const sameRecipe = words.includes('--same-recipe');
  const images = imagesDirectory(
    words.filter((word) => word !== '--same-recipe'),
    process.env,
  );
  const freshFor = freshForMs(process.env);
  // Compiling would change the programs of a stack that runs.
  const programs = sameRecipe ? builtPrograms() : await makePrograms();
  const release = await findRelease();
  const { hash, frame } = recipeHash(release, programs, process.env);
  const directory = join(images, 'node');
  if (sameRecipe && !isCurrent({ directory, hash })) {
    say('not renewed: what it is made of has changed since the start; the next start makes another one');
    process.exit();
  }
  const { path, built } = await ensureBuild({
    directory,
    hash,
    say,
    inUse: () => imagesInUse(directory),
    freshness: {
      forMs: freshFor,
      installedAt: (path) => Date.parse(readJsonIfThere(join(path, 'image.json'))?.installedAt ?? '') || 0,
    },
    build: async (staging) => {
      const relative = findRelative(directory, frame, freshFor);
      const description = { hash, frame, suite: release.suite };
      if (relative !== undefined)
        return copyRoot({ staging, relative, description, programs, say, signal: stop.signal });
      const archive = await findArchive(release, process.env);
      await buildRoot({ staging, description, release, archive, programs, say, signal: stop.signal });
    },
  });
  say(`${built ? 'built' : 'up to date'} in ${((performance.now() - started) / 1000).toFixed(1)} s: ${path}`);
} catch (thrown) {
  console.error(describeFailure(thrown));
  process.exitCode = 1;
}
