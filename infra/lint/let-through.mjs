/** Regular expressions that the checker does not call safe and that are none the worse for it, each with its bound. */

/**
 * @typedef {object} Bounded
 * @property {string} text the expression, with slashes and flags
 * @property {string} bound what it costs at most
 * @property {string} reason where that bound comes from
 */

/** @type {readonly Bounded[]} */
export const BOUNDED = [
  {
    text: String.raw`/[A-Za-z][\w-]{0,60}[\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff][\w-]{0,60}[A-Za-z]/g`,
    bound: '62 letters from each letter',
    reason: 'Its only repetition is counted; packages/lab/src/shell/hidden.ts.',
  },
  {
    text: String.raw`/\becho\b[^\n;]{0,40}\bdone\b/`,
    bound: '44 letters from each `echo`',
    reason: 'Its only repetition is counted; packages/lab/src/import/killercoda/steps.ts.',
  },
];

/**
 * @typedef {object} PutTogether
 * @property {string} file
 * @property {string} text with `word` where its file does not say what is put in
 * @property {string} reason what that is: words of our own, never a text that somebody gave
 */

/** @type {readonly PutTogether[]} */
export const PUT_TOGETHER = [
  {
    file: 'apps/node-agent/src/floor/kernel-totals.ts',
    text: String.raw`/^word:\s+(\d+) kB$/m`,
    reason: 'A line of /proc/meminfo, by its name.',
  },
  {
    file: 'apps/node-agent/src/host/capacity.ts',
    text: String.raw`/^word:\s+(\d+) kB$/m`,
    reason: 'A line of /proc/meminfo, by its name.',
  },
  {
    file: 'apps/node-agent/src/runtime/node-rights.ts',
    text: String.raw`/^word\s+\S+\s+(\d+)/m`,
    reason: 'A line of /proc/self/limits, by its name.',
  },
  {
    file: 'apps/node-agent/src/runtime/runc/cgroups.ts',
    text: String.raw`/^word (\d+)$/m`,
    reason: 'A line of a file of a control group, by its name.',
  },
  {
    file: 'apps/node-agent/src/runtime/fake/identity.ts',
    text: '/^word (.+)$/m',
    reason: 'A line of a file of ours, by its name.',
  },
  {
    file: 'apps/node-agent/src/system/claim-files.ts',
    text: String.raw`/^word-(\d+)$/`,
    reason: 'Kinds of claims are words of ours.',
  },
  {
    file: 'infra/common/apt-archive.mjs',
    text: '/^word="?([^"\n]*)"?$/m',
    reason: 'A line of /etc/os-release, by its name.',
  },
];
