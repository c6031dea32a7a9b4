/** Boots a guest by software emulation: another kernel, with what a host of this kind would have. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Runs it to its end.
 * @param {object} guest
 * @param {{kernel: string, initrd: string}} guest.boot
 * @param {readonly {file: string, isOurs: boolean}[]} guest.disks vda and on; what is written to one that is not ours is dropped
 * @param {string} guest.commandLine of the kernel, besides what the console needs
 * @param {number} guest.limitMs
 * @param {(line: string) => void} guest.onLine each line of its console
 * @returns {Promise<void>} when it has switched itself off
 */
export function runGuest({ boot, disks, commandLine, limitMs, onLine }) {
  const drives = disks.flatMap(({ file, isOurs }) => [
    '-drive',
    `file=${file},format=raw,if=virtio,cache=unsafe${isOurs ? '' : ',snapshot=on'}`,
  ]);
  const args = [
    ...['-machine', 'q35,accel=tcg', '-cpu', 'max', '-smp', '2', '-m', '2048'],
    ...['-display', 'none', '-nodefaults', '-no-user-config', '-serial', 'stdio', '-no-reboot', '-nic', 'none'],
    ...['-kernel', boot.kernel, '-initrd', boot.initrd],
    ...['-append', `console=ttyS0 quiet no_timer_check panic=-1 ${commandLine}`],
    ...drives,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn('qemu-system-x86_64', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      complaint = `${complaint}${text}`.slice(-4000);
    });
    createInterface({ input: child.stdout }).on('line', (line) => onLine(line.replaceAll('\r', '')));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`qemu ended by ${signal ?? code}: ${complaint}`));
    });
  });
}
