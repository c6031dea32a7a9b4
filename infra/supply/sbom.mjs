/** Writes the software bills of materials (CycloneDX 1.6): `npm run -s sbom -- DIRECTORY [--images-dir DIR]`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hostRelease } from '../common/apt-archive.mjs';
import { readJsonIfThere } from '../common/files.mjs';
import { imagesDirectory } from '../common/image-arguments.mjs';
import { REPO } from '../common/paths.mjs';
import { describeFailure, Problem } from '../common/problem.mjs';
import { debianBill, nativeBill, npmBill } from './bills.mjs';
import { packagesIn } from './debian-packages.mjs';
import { nativePrograms } from './native-programs.mjs';

/** @param {string[]} args */
async function main([directory, ...rest]) {
  if (directory === undefined || directory.startsWith('-')) {
    throw new Problem('BAD_ARGUMENTS', 'There is no directory to write to.', 'Usage: npm run -s sbom -- DIRECTORY');
  }
  const image = join(imagesDirectory(rest, process.env), 'node/current');
  const target = resolve(directory);
  const write = (/** @type {string} */ name, /** @type {string} */ bill) =>
    writeFileSync(join(target, `${name}.cdx.json`), `${bill}\n`);
  mkdirSync(target, { recursive: true });

  const lock = JSON.parse(readFileSync(join(REPO, 'package-lock.json'), 'utf8'));
  write('npm', npmBill(lock));
  const packages = await packagesIn(join(image, 'rootfs'));
  const version = readJsonIfThere(join(image, 'image.json'))?.hash ?? 'unknown';
  const of = (/** @type {string} */ root) => hostRelease(readFileSync(join(root, 'etc/os-release'), 'utf8')).family;
  const distribution = of(join(image, 'rootfs'));
  write('node-image', debianBill({ name: 'drydock-node-image', version, packages, distribution }));
  const programs = await nativePrograms();
  write('native', nativeBill({ version: lock.version, programs, distribution: of('/') }));
  console.log(
    `${target}: npm.cdx.json, node-image.cdx.json (${packages.length} Debian packages), native.cdx.json (${programs.length} programs)`,
  );
}

if (import.meta.url === `file://${process.argv[1]}`) {
  await main(process.argv.slice(2)).catch((thrown) => {
    console.error(describeFailure(thrown));
    process.exitCode = 1;
  });
}
