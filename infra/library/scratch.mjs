/** Fills the images that stand on no distribution: busybox, and those that are one program of our own. */
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from '../common/problem.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';

/** Names that busybox lists but that would only mislead in an image without that package manager or boot. */
const LEFT_OUT = new Set(['busybox', 'dpkg', 'dpkg-deb', 'rpm', 'rpm2cpio', 'linuxrc', 'init']);

/**
 * @param {string} root empty folder
 * @param {string} binary a static busybox
 * @param {string} [lister] one of the same version that this machine runs, when `binary` is for another processor
 */
export async function fillBusybox(root, binary, lister = binary) {
  for (const folder of [
    'bin',
    'etc',
    'home',
    'root',
    'usr/bin',
    'usr/sbin',
    'var/spool/mail',
    'var/www',
    'dev',
    'proc',
    'sys',
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  mkdirSync(join(root, 'tmp'));
  chmodSync(join(root, 'tmp'), 0o1777);
  chmodSync(join(root, 'root'), 0o700);
  symlinkSync('bin', join(root, 'sbin'));
  copyFileSync(binary, join(root, 'bin/busybox'));
  chmodSync(join(root, 'bin/busybox'), 0o755);
  const applets = (await runCommand(lister, ['--list'])).stdout
    .split('\n')
    .filter((name) => name !== '' && !LEFT_OUT.has(name));
  for (const applet of applets) symlinkSync('busybox', join(root, 'bin', applet));
  symlinkSync('../../bin/env', join(root, 'usr/bin/env'));
  const users = [
    'root:x:0:0:root:/root:/bin/sh',
    'daemon:x:1:1:daemon:/usr/sbin:/bin/false',
    'www-data:x:33:33:www-data:/var/www:/bin/false',
    'nobody:x:65534:65534:nobody:/home:/bin/false',
  ];
  writeFileSync(join(root, 'etc/passwd'), `${users.join('\n')}\n`);
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\ndaemon:x:1:\ntty:x:5:\nwww-data:x:33:\nnogroup:x:65534:\n');
  writeFileSync(join(root, 'etc/shadow'), 'root:*:::::::\n', { mode: 0o640 });
}

/**
 * @param {string} root empty folder
 * @param {{sources: string[], target: string}} program
 */
export async function fillProgram(root, { sources, target }) {
  const flags = ['-std=gnu11', '-Os', '-s', '-static', '-Wall', '-Wextra', '-pthread'];
  const files = sources.map((source) => fileURLToPath(new URL(source, import.meta.url)));
  const compiled = await runCommand('cc', [...flags, ...files, '-o', join(root, target)]);
  if (compiled.code === 0) return;
  throw new Problem(
    'LIBRARY_FAILED',
    `The program ${target} of the library could not be compiled:\n${lastLines(compiled.output, 5)}`,
    'Install gcc and libc6-dev (`npm start` does).',
  );
}
