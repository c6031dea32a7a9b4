/** What tests alone need. */
import { absolutePath, flag, text } from '../env-kinds.mjs';

/** @type {readonly import('../env-kinds.mjs').Setting[]} */
export const TESTS = [
  {
    name: 'DRYDOCK_MUST_WORK',
    kind: flag,
    fallback: '0',
    reason: 'Tests only: 1 turns a skip for want of a kernel feature into a failure.',
  },
  {
    name: 'DRYDOCK_CHROMIUM',
    kind: absolutePath,
    fallback: '/usr/bin/chromium',
    reason: 'Tests only: the Chromium that end-to-end tests drive.',
  },
  {
    name: 'DRYDOCK_TEST_ONLY',
    kind: text(/^[a-z0-9]+(,[a-z0-9]+)*$/, 'stage names separated by commas, e.g. unit,native'),
    fallback: undefined,
    reason: 'Tests only: the stages of `npm test` to run; the others count as skipped.',
  },
];
