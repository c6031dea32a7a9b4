/**
 * A screens' process: draws what terminals write, for those who attach later. It is fed by strangers, so that it gives up all rights before
 * it reads a byte. Started by terminals/screens/screen-process.ts, asked over stdin; it ends when that is closed.
 */
import { setPriority } from 'node:os';
import { createScreenServer } from './terminals/screens/screen-server.ts';

/** Whoever types goes first. */
const NICENESS = 5;

const id = Number(process.argv[2]);
setPriority(NICENESS);
if (process.getuid?.() === 0) {
  // All modules are loaded by now: this user cannot read where they lie.
  process.setgroups?.([]);
  process.setgid?.(id);
  process.setuid?.(id);
}

const receive = createScreenServer((buffers) => {
  for (const buffer of buffers) process.stdout.write(buffer);
});
process.stdin.on('data', receive);
process.stdin.on('end', () => process.exit(0));
