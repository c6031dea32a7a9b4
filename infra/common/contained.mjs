/** How a build's long-running command is started so that it leaves nothing, however the builder ends. */

/**
 * Put before a command: it and all that it starts are ended by the kernel when the builder ends, kill -9 included, and what it
 * mounts goes with it. mmdebstrap by itself would work on in a folder that the next builder clears away, and leave /proc mounted in it.
 * @type {readonly string[]}
 */
export const CONTAINED = [
  'nice',
  'setpriv',
  '--pdeathsig=KILL',
  'unshare',
  '--mount',
  '--propagation=private',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
];
