/** Every setting of Drydock: the one table that validates the environment and that `.env.example` is written from. */
import { HOSTS } from './table/hosts.mjs';
import { IMAGES } from './table/images.mjs';
import { INSTALLATION } from './table/installation.mjs';
import { NODES } from './table/nodes.mjs';
import { OPERATOR } from './table/operator.mjs';
import { SESSIONS } from './table/sessions.mjs';
import { TESTS } from './table/tests.mjs';
import { VISITORS } from './table/visitors.mjs';

/**
 * In the order of `.env.example`; each subject has a file in table/.
 * @type {readonly import('./env-kinds.mjs').Setting[]}
 */
export const SETTINGS = [
  ...INSTALLATION,
  ...SESSIONS,
  ...VISITORS,
  ...OPERATOR,
  ...HOSTS,
  ...NODES,
  ...IMAGES,
  ...TESTS,
];

/** Handed between the tests' own processes; a stack that they start sees them too and ignores them. */
export const TEST_VARIABLES = ['DRYDOCK_E2E_STACK'];

/** What the supervisor tells its children; an operator who sets one of these for `npm start` is told so. */
export const INTERNAL_VARIABLES = [
  'DRYDOCK_INSTANCE',
  'DRYDOCK_RUNTIME',
  'DRYDOCK_STORE',
  'DRYDOCK_WEB_URL',
  'DRYDOCK_NATIVE_DIR',
  'DRYDOCK_LIBRARY_FILE',
  'DRYDOCK_AGENT_KEYS_FILE',
  'DRYDOCK_MANAGER_SECRET_FILE',
  'DRYDOCK_MANAGER_URL',
  'DRYDOCK_AGENT_NAME',
  'DRYDOCK_AGENT_KEY_FILE',
  'DRYDOCK_TERMINALS_SOCKET',
  'DRYDOCK_LIBRARY_URL',
  'DRYDOCK_LXCFS_DIR',
];

/** What the command line reads of whoever runs it (docs/cli.md). */
export const COMMAND_LINE_VARIABLES = ['DRYDOCK_URL', 'DRYDOCK_SESSION'];
