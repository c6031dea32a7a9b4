/** Writes the software bills of materials (CycloneDX 1.6): `npm run -s sbom -- DIRECTORY [--images-dir DIR]`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { readJsonIfThere } from '../common/files.mjs';
import { imagesDirectory } from '../common/image-arguments.mjs';
import { REPO } from '../common/paths.mjs';
import { describeFailure, Problem } from '../common/problem.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';
import { packagesIn } from './debian-packages.mjs';

/**
 * What npm installs for production, by npm's own tool.
 * @returns {Promise<string>} JSON
 */
export async function npmBill() {
  const made = await runCommand('npm', ['sbom', '--omit=dev', '--sbom-format=cyclonedx'], { cwd: REPO });
  if (made.code !== 0) {
    throw new Problem('SBOM_FAILED', `npm could not write its bill:\n${lastLines(made.output, 3)}`, 'Run `npm ci`.');
  }
  return made.stdout;
}

/**
 * The Debian packages of a root file system.
 * @param {{name: string, version: string, packages: readonly import('./debian-packages.mjs').DebianPackage[], distribution: string}} image
 * @returns {string} JSON; the same for the same packages
 */
export function debianBill({ name, version, packages, distribution }) {
  const bill = new Models.Bom();
  bill.metadata.component = new Models.Component(Enums.ComponentType.Container, name, { version, bomRef: name });
  for (const one of packages) {
    const purl = `pkg:deb/${distribution}/${encodeURIComponent(one.name)}@${encodeURIComponent(one.version)}?arch=${one.arch}`;
    bill.components.add(
      new Models.Component(Enums.ComponentType.Library, one.name, {
        version: one.version,
        bomRef: `${one.name}@${one.version}:${one.arch}`,
        purl,
      }),
    );
  }
  return new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6)).serialize(bill, {
    sortLists: true,
    space: 2,
  });
}

if (import.meta.url === `file://${process.argv[1]}`) {
  try {
    const [directory, ...rest] = process.argv.slice(2);
    if (directory === undefined || directory.startsWith('-')) {
      throw new Problem('BAD_ARGUMENTS', 'There is no directory to write to.', 'Usage: npm run -s sbom -- DIRECTORY');
    }
    const image = join(imagesDirectory(rest, process.env), 'node/current');
    const target = resolve(directory);
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, 'npm.cdx.json'), await npmBill());
    const packages = await packagesIn(join(image, 'rootfs'));
    const version = readJsonIfThere(join(image, 'image.json'))?.hash ?? 'unknown';
    const bill = debianBill({ name: 'drydock-node-image', version, packages, distribution: 'debian' });
    writeFileSync(join(target, 'node-image.cdx.json'), `${bill}\n`);
    console.log(`${target}: npm.cdx.json, node-image.cdx.json (${packages.length} Debian packages)`);
  } catch (thrown) {
    console.error(describeFailure(thrown));
    process.exitCode = 1;
  }
}
