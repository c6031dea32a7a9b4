/**
 * Pins the images of the compose files: `npm run -s pin-images` writes the digests of today behind their tags (before a release, where their
 * registries can be reached); `-- --check` fails when one has none.
 */
import { describeFailure } from '../common/problem.mjs';
import { foreignImages, pinImages } from './image-pins.mjs';

try {
  if (process.argv.includes('--check')) {
    const free = foreignImages().filter(({ pinned }) => !pinned);
    for (const { file, name } of free) console.log(`${file}: ${name} has no digest`);
    if (free.length === 0) console.log('Every image is pinned by its digest.');
    process.exitCode = free.length === 0 ? 0 : 1;
  } else {
    for (const { name, digest } of await pinImages()) console.log(`${name}@${digest}`);
  }
} catch (thrown) {
  console.error(describeFailure(thrown));
  process.exitCode = 2;
}
