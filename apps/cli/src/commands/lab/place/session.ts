/** A session of a running Drydock with a lab in it, held as a page holds one: its lights are the engine's own. */
import { createSessionApi, type HttpClient, startSession } from '@drydock/client';
import {
  applyLabLeaves,
  type ExecResponse,
  type LabView,
  labViewSchema,
  MAX_EXEC_TIMEOUT_SECONDS,
  type SessionChange,
  type SessionId,
} from '@drydock/protocol';
import { EXIT, Failure } from '../../../failure.ts';
import { placeClient as boundedClient } from '../../../place-fetch.ts';
import { holdSession } from '../../../sessions/open-link.ts';

/** A call may wait for a node that is slow, besides the command's own time (ms). */
const ANSWER_MS = 60_000;
/** Nodes are made and prepared, and steps before a mistake are solved, within it (ms): each may take a minute. */
const WORK_MS = 600_000;
/** Views that are asked for until no change came meanwhile; after so many, the changes have told all of it. */
const MAX_READS = 5;
/** A session that this program leaves behind by a crash ends by itself (hours). */
const SESSION_HOURS = 1;

export type ExecOptions = { stdin?: string; timeoutMs?: number };
export type LabCall = 'step' | 'skip' | 'solve' | 'again' | 'answer' | 'update';

export interface LabSession {
  readonly id: SessionId;
  readonly token: string;
  readonly origin: string;
  readonly nodes: readonly string[];
  /** Runs a command; its exit code is an answer, not a failure. @throws ApiError */
  exec(node: string, command: string[], options?: ExecOptions): Promise<ExecResponse>;
  /** The lab as a page shows it now. */
  lab(): LabView;
  /** Does what a button of the page does; `lab()` knows of it when it resolves. @throws ApiError */
  call(name: LabCall, request: object): Promise<void>;
  /** Waits until the lab is so; false where it is not within the time (ms). */
  until(is: (lab: LabView) => boolean, withinMs: number): Promise<boolean>;
  /** Waits for what the engine does at the moment; resolves to what went wrong with it. */
  workDone(): Promise<string[]>;
  end(): Promise<void>;
}

/** What is called of a place. */
export function placeClient(origin: string): HttpClient {
  return boundedClient(origin, { answerMs: ANSWER_MS });
}

/** Starts the lab in a session of its own; its nodes may still be made when it resolves. */
export async function createLabSession(
  origin: string,
  { lab: labId, nodes }: { lab: string; nodes: readonly string[] },
): Promise<LabSession> {
  const http = placeClient(origin);
  const { token, session: made } = await startSession(http, { hours: SESSION_HOURS, lab: labId });
  const api = createSessionApi({ http, sessionId: made.id, token });
  const path = `/sessions/${made.id}/lab`;
  let lab: LabView | undefined;
  const waiting = new Set<() => void>();
  let heard = 0;
  const set = (next: LabView | null) => {
    lab = next ?? undefined;
    for (const look of [...waiting]) look();
  };
  const onChange = (change: SessionChange) => {
    heard += 1;
    if (change.kind === 'lab') set(change.lab);
    else if (change.kind === 'lab-leaves') set(applyLabLeaves(lab ?? null, change));
  };
  const read = async () => {
    for (let attempt = 0; attempt < MAX_READS; attempt += 1) {
      const before = heard;
      const view = await http.call('GET', path, { token, read: labViewSchema });
      // A change that came meanwhile may be newer than the answer, and is not told again.
      if (heard === before) return set(view);
    }
  };
  const place = { server: origin, sessionId: made.id, token };
  const held = await holdSession(place, {
    snapshot: (snapshot) => set(snapshot.lab ?? null),
    change: ({ change }) => onChange(change),
  }).catch(async (error: unknown) => {
    await api.end().catch(() => undefined);
    throw error;
  });

  function current(): LabView {
    if (lab === undefined) throw new Failure('UNREACHABLE', 'The session’s lab is not told.', EXIT.unavailable);
    return lab;
  }

  function until(is: (lab: LabView) => boolean, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (so: boolean) => {
        waiting.delete(look);
        clearTimeout(timer);
        resolve(so);
      };
      const look = () => {
        if (lab !== undefined && is(lab)) done(true);
      };
      const timer = setTimeout(() => done(false), withinMs);
      waiting.add(look);
      look();
    });
  }

  return {
    id: made.id,
    token,
    origin,
    nodes: nodes.length > 0 ? nodes : made.nodes.map(({ name }) => name),
    exec(node, command, { stdin, timeoutMs = ANSWER_MS } = {}) {
      const timeoutSeconds = Math.min(MAX_EXEC_TIMEOUT_SECONDS, Math.ceil(timeoutMs / 1000));
      const request = { command, timeoutSeconds, ...(stdin === undefined ? {} : { stdin }) };
      return api.exec(node, request, AbortSignal.timeout(timeoutMs + ANSWER_MS));
    },
    lab: current,
    async call(name, request) {
      await http.call('POST', `${path}/${name}`, { token, body: request });
      // Its change may still be on the way to the socket.
      await read();
    },
    until,
    async workDone() {
      const isOver = ({ work }: LabView) => work === null || work.failed !== undefined;
      if (!(await until(isOver, WORK_MS)))
        return [`It did not end within ${WORK_MS / 1000} s: ${lab?.work?.text ?? ''}`];
      const failed = current().work?.failed;
      return failed === undefined ? [] : [failed];
    },
    async end() {
      held.dispose();
      await api.end();
    },
  };
}
