/**
 * Pins the images of the compose files: `npm run -s pin-images` writes the digests of today behind their tags (before a release, where their
 * registries can be reached); `-- --check` fails when one has none, or when anything else of others is named by what its maker can change.
 */
import { describeFailure } from '../common/problem.mjs';
import { foreignImages, looseNames, pinImages } from './image-pins.mjs';

try {
  if (process.argv.includes('--check')) {
    const free = foreignImages().filter(({ pinned }) => !pinned);
    const loose = [...free.map(({ file, name }) => `${file}: ${name}`), ...looseNames()];
    for (const one of loose) console.log(`${one} is not named by its content`);
    if (loose.length === 0) console.log('Everything of others is named by its content.');
    process.exitCode = loose.length === 0 ? 0 : 1;
  } else {
    for (const { name, digest } of await pinImages()) console.log(`${name}@${digest}`);
  }
} catch (thrown) {
  console.error(describeFailure(thrown));
  process.exitCode = 2;
}
