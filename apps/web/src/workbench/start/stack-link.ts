/**
 * Links that bring a stack along (`/?stack=URL&stack_name=NAME`), as the "Try in PWD" badges of many READMEs do: a Compose file that is
 * fetched and started in a fresh node. The node fetches it, within its own bounds; this server never does.
 */
import type { SessionId } from '@drydock/protocol';

/** Longer addresses are nobody's compose file. */
const MAX_URL = 2000;
/** What docker takes as a project's name, and a shell as a directory's. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,39}$/;
const DEFAULT_NAME = 'stack';

export interface StackLink {
  url: string;
  name: string;
}

export type WantedStack = { kind: 'none' } | { kind: 'unusable'; given: string } | { kind: 'stack'; stack: StackLink };

/** The stack that an address asks for; `search` is its part from `?` on. */
export function wantedStack(search: string): WantedStack {
  const query = new URLSearchParams(search);
  const given = query.get('stack');
  if (given === null || given === '') return { kind: 'none' };
  const url = URL.canParse(given) ? new URL(given) : null;
  // What stands before an @ looks like a host.
  const isPlain = url !== null && url.username === '' && url.password === '';
  const usable = isPlain && /^https?:$/.test(url.protocol) && url.href.length <= MAX_URL;
  if (!usable) return { kind: 'unusable', given: given.slice(0, 200) };
  const name = (query.get('stack_name') ?? '').toLowerCase();
  return { kind: 'stack', stack: { url: url.href, name: NAME.test(name) ? name : DEFAULT_NAME } };
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** What is typed into the node's terminal: nothing that one could not have typed oneself, its exit code last. */
export function stackCommand({ url, name }: StackLink): string {
  return `mkdir -p ${name} && cd ${name} && curl -fsSL -o compose.yaml ${quoted(url)} && docker compose up -d; echo "${name}: exit code $?"`;
}

const keyOf = (sessionId: SessionId) => `drydock.stack.${sessionId}`;

/** Keeps the stack for the workbench, which this tab opens next. */
export function leaveStack(sessionId: SessionId, stack: StackLink): void {
  sessionStorage.setItem(keyOf(sessionId), stackCommand(stack));
}

/** The command that the start page left for this session, once. */
export function takeStack(sessionId: SessionId): string | null {
  try {
    const command = sessionStorage.getItem(keyOf(sessionId));
    sessionStorage.removeItem(keyOf(sessionId));
    return command;
  } catch {
    // Storage refused: then nothing was left either.
    return null;
  }
}
