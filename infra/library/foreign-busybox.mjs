/** BusyBox for other processors: the one image that several platforms have. Fetched and unpacked, never run here. */
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../common/run-command.mjs';

/** Platforms beside the machine's own, as dpkg and as Go name them. */
const PLATFORMS = [
  { dpkg: 'amd64', go: 'amd64' },
  { dpkg: 'arm64', go: 'arm64' },
];
/** Index files and one package of half a megabyte, over a slow line (ms). */
const LIMIT_MS = 3 * 60_000;

/**
 * @param {object} job
 * @param {string} job.work
 * @param {import('../common/apt-archive.mjs').Release} job.release
 * @param {import('../common/apt-archive.mjs').Archive} job.archive
 * @param {(line: string) => void} job.say
 * @param {AbortSignal} job.signal
 * @returns {Promise<Record<string, string>>} a static busybox by Go's name of each platform that the archive has; empty when it has none
 */
export async function fetchForeignBusybox({ work, release, archive, say, signal }) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const { dpkg, go } of PLATFORMS.filter((platform) => platform.dpkg !== release.arch)) {
    const folder = join(work, `busybox-${go}`);
    for (const part of ['lists/partial', 'cache/archives/partial', 'unpacked'])
      mkdirSync(join(folder, part), { recursive: true });
    writeFileSync(join(folder, 'sources.list'), `${archive.sources.join('\n')}\n`);
    writeFileSync(join(folder, 'status'), '');
    const settings = [
      ...archive.aptOptions,
      `APT::Architecture "${dpkg}";`,
      `APT::Architectures { "${dpkg}"; };`,
      'Acquire::Languages "none";',
      `Dir::State::Lists "${folder}/lists";`,
      `Dir::State::status "${folder}/status";`,
      `Dir::Cache "${folder}/cache";`,
      `Dir::Etc::SourceList "${folder}/sources.list";`,
      'Dir::Etc::SourceParts "/dev/null";',
      // It runs as root in a folder that only root may enter.
      'APT::Sandbox::User "root";',
    ];
    writeFileSync(join(folder, 'apt.conf'), `${settings.join('\n')}\n`);
    const options = {
      cwd: folder,
      env: { ...process.env, APT_CONFIG: join(folder, 'apt.conf'), LC_ALL: 'C' },
      signal,
      timeoutMs: LIMIT_MS,
    };
    const update = await runCommand('apt-get', ['update', '--quiet', '--error-on=any'], options);
    const download =
      update.code === 0 ? await runCommand('apt-get', ['download', '--quiet', 'busybox-static'], options) : update;
    const deb = readdirSync(folder).find((name) => name.endsWith('.deb'));
    const unpacked =
      deb === undefined
        ? download
        : await runCommand('dpkg-deb', ['--extract', join(folder, deb), join(folder, 'unpacked')], options);
    if (download.code !== 0 || unpacked.code !== 0) {
      say(`busybox goes without ${go}: the archive of this machine has none for it`);
      continue;
    }
    found[go] = join(folder, 'busybox');
    copyFileSync(join(folder, 'unpacked/usr/bin/busybox'), found[go]);
  }
  return found;
}
