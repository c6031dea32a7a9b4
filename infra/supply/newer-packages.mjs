/** Says which Debian packages of the node image have newer versions: `npm run -s newer-packages [-- --images-dir DIR]`. */
import { join } from 'node:path';
import { findArchive, findRelease } from '../common/apt-archive.mjs';
import { imagesDirectory } from '../common/image-arguments.mjs';
import { describeFailure } from '../common/problem.mjs';
import { newerPackages } from './debian-packages.mjs';

try {
  const root = join(imagesDirectory(process.argv.slice(2), process.env), 'node/current/rootfs');
  const upgrades = await newerPackages(root, await findArchive(await findRelease(), process.env));
  for (const { name, installed, newer } of upgrades) console.log(`${name} ${installed} -> ${newer}`);
  console.log(
    upgrades.length === 0
      ? 'Every package of the node image is the newest.'
      : `${upgrades.length} packages of the node image have newer versions. The next start takes them when the image is older than DRYDOCK_IMAGE_DAYS.`,
  );
  // 0: none, 3: some; so that a timer can tell.
  process.exitCode = upgrades.length === 0 ? 0 : 3;
} catch (thrown) {
  console.error(describeFailure(thrown));
  process.exitCode = 1;
}
