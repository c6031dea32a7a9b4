/** What the commands on sessions are made with. */
import { createSessionApi, type HttpClient, type SessionApi, type SessionPlace } from '@drydock/client';
import type { Command } from 'commander';
import { asFailure } from '../call-failure.ts';
import { namedSession } from '../env.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Output, Streams } from '../output.ts';
import { type Bounds, placeClient } from '../place-fetch.ts';
import { findSession } from './find-session.ts';
import type { SessionBook } from './session-book.ts';

/** Longer than any link (characters). */
const MAX_LINK = 4096;

export interface OpenSession {
  place: SessionPlace;
  http: HttpClient;
  api: SessionApi;
}

export interface SessionContext {
  output: Output;
  streams: Streams;
  book: SessionBook;
  http(server: string): HttpClient;
  bounds: Bounds;
  /** The session of a command: of its option, the environment, or the only one kept here. @throws Failure */
  session(options: SessionOption): Promise<OpenSession>;
}

export interface SessionOption {
  session?: string;
}

/** Adds the option that names the session. */
export function withSession(command: Command): Command {
  return command.option(
    '-s, --session <link or id>',
    'a session’s link (- reads it), or the id of one that was started here; else DRYDOCK_SESSION, else the only one',
  );
}

/** A link that is given by standard input stands in no list of processes. @throws Failure BAD_LINK when it is too long for one */
async function readLine(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.length > MAX_LINK) throw new Failure('BAD_LINK', 'That is no link of a session.', EXIT.usage);
  }
  return text.trim();
}

/** Builds it. */
export function createSessionContext(
  made: Pick<SessionContext, 'output' | 'streams' | 'book' | 'bounds'>,
): SessionContext {
  const { book, bounds } = made;
  const http = (server: string) => placeClient(server, bounds);
  return {
    ...made,
    http,
    async session(options) {
      const named = options.session === '-' ? await readLine() : options.session;
      const place = findSession(named ?? namedSession(), book);
      const client = http(place.server);
      return { place, http: client, api: createSessionApi({ http: client, ...place }) };
    },
  };
}

/** Runs what ends with the code of something on a node: failures of this program then have a code of their own. */
export async function ownFailures(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    const error = asFailure(thrown);
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.code, error.message, EXIT.notRun, error.remedy);
  }
}
