/** Ways out of a container that have worked somewhere, as scripts for the node's root. */
import type { EscapeAttempt } from './attempt.ts';
import { deviceAttempts } from './devices.ts';
import { kernelAttempts } from './kernel.ts';
import { neighbourAttempts } from './neighbours.ts';

/** All of them; what a network leads to is tried in network-escape.spec.ts. */
export const ESCAPE_ATTEMPTS: readonly EscapeAttempt[] = [...deviceAttempts, ...kernelAttempts, ...neighbourAttempts];
