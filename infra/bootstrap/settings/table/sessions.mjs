/** How long sessions last, how large they may be, and what they can start with. */
import { absolutePath, decimal, integer, oneOf, text } from '../env-kinds.mjs';

/** @type {readonly import('../env-kinds.mjs').Setting[]} */
export const SESSIONS = [
  {
    name: 'DRYDOCK_SESSION_HOURS',
    kind: decimal(0.01, 168),
    fallback: '4',
    reason: 'How long a session lasts unless its creator asks for less or more.',
  },
  {
    name: 'DRYDOCK_MAX_HOURS',
    kind: decimal(0.01, 168),
    fallback: '12',
    reason: 'The longest a session may last, extensions included.',
  },
  {
    name: 'DRYDOCK_GRACE_MINUTES',
    kind: decimal(0, 1440),
    fallback: '15',
    reason:
      'After its end the owner of a session can fetch its files for so long, but for a quarter of its length at most. 0: not at all.',
  },
  {
    name: 'DRYDOCK_IDLE_MINUTES',
    kind: decimal(0, 10_080),
    fallback: '0',
    reason:
      'A session in which nobody types or calls for so long ends; its pages are warned. 0: never. Unset on a public bind: 45.',
  },
  {
    name: 'DRYDOCK_NODES_PER_SESSION',
    kind: integer(1, 100),
    fallback: '8',
    reason: 'Nodes that one session may have at once.',
  },
  {
    name: 'DRYDOCK_MAX_SESSIONS',
    kind: integer(1, 1_000_000),
    fallback: '10000',
    reason: 'Sessions of all hosts at once; beyond it the answer is NO_CAPACITY.',
  },
  {
    name: 'DRYDOCK_TEMPLATES_FILE',
    kind: absolutePath,
    fallback: undefined,
    reason: 'Templates of your own, in YAML; they are offered before ours. docs/operations.md shows the form.',
  },
  {
    name: 'DRYDOCK_LABS_DIR',
    kind: absolutePath,
    fallback: undefined,
    reason:
      'A folder with labs of your own; one of the id of ours replaces it. Read again when something in it changes.',
  },
  {
    name: 'DRYDOCK_EMBED',
    kind: oneOf(['off', 'keys', 'open']),
    fallback: 'open',
    reason:
      'Which pages of other sites may show terminals of this place: none, those of sites with a key (drydock site add), or any. Unset on a public bind: keys.',
  },
  {
    name: 'DRYDOCK_LAB_SOURCES',
    kind: text(
      /^[a-z][a-z0-9]*=https:\/\/[^\s,]+(\s*,\s*[a-z][a-z0-9]*=https:\/\/[^\s,]+)*$/,
      'name=https://… with {owner}, {repo} and {ref}, separated by commas',
    ),
    fallback: undefined,
    reason:
      'Forges from which labs may be had as name:owner/repo/path@ref: where their archives (tar.gz) lie, with {owner}, {repo} and {ref}. Unset: from none.',
  },
];
