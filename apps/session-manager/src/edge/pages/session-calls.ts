/** What each call of the realtime contract needs and does: one table, checked to be complete by the compiler. */
import {
  DrydockError,
  labCallSchemas,
  type Right,
  type SessionCall,
  type SessionCallAnswer,
  type sessionCalls,
} from '@drydock/protocol';
import type { z } from 'zod';
import { type LabCallContext, labCallTable } from '../../labs/lab-calls.ts';
import type { PersonHandle } from '../../live/people.ts';
import type { RelayClient } from '../../relay/terminal-relay-types.ts';

export interface SessionCallContext {
  /** The session's lab; none on a socket that carries terminals alone. */
  lab?: LabCallContext;
  relay: RelayClient;
  /** The page's own entry among the people of its session; none on a socket that carries terminals alone. */
  person?: PersonHandle;
  /** The host of a running node. @throws DrydockError NODE_NOT_FOUND, NODE_NOT_READY. */
  hostOf(node: string): string;
}

type Parsed<C extends SessionCall> = z.output<(typeof sessionCalls)[C]['request']>;

export interface SessionCallSpec<C extends SessionCall> {
  right: Right;
  run(context: SessionCallContext, request: Parsed<C>): Promise<SessionCallAnswer<C>>;
}

/** Everything that a browser may ask for, with the right it needs. */
export const sessionCallTable: { readonly [C in SessionCall]: SessionCallSpec<C> } = {
  'terminal:open': {
    right: 'collaborator',
    run: ({ relay, hostOf }, request) => relay.open({ ...request, host: hostOf(request.node) }),
  },
  'terminal:attach': { right: 'viewer', run: ({ relay }, request) => relay.attach(request) },
  'terminal:detach': {
    right: 'viewer',
    run: async ({ relay }, request) => {
      await relay.detach(request);
      return {};
    },
  },
  'terminal:input': {
    right: 'collaborator',
    run: async ({ relay }, request) => {
      await relay.input(request);
      return {};
    },
  },
  'terminal:resize': {
    right: 'collaborator',
    run: async ({ relay }, request) => {
      await relay.resize(request);
      return {};
    },
  },
  'terminal:close': {
    right: 'collaborator',
    run: async ({ relay }, request) => {
      await relay.close(request);
      return {};
    },
  },
  'session:here': {
    right: 'viewer',
    run: async ({ person }, request) => {
      person?.update(request);
      return {};
    },
  },
  'session:ping': { right: 'viewer', run: async () => ({}) },
  ...labTable(),
};

type LabCall = keyof typeof labCallSchemas;

/** The calls on labs, which the API has too. */
function labTable(): { readonly [C in LabCall]: SessionCallSpec<C> } {
  const entries = (Object.keys(labCallSchemas) as LabCall[]).map((name) => {
    const { right, run } = labCallTable[name];
    const spec: SessionCallSpec<LabCall> = {
      right,
      run({ lab }, request) {
        if (lab === undefined) throw new DrydockError('BAD_REQUEST');
        return run(lab, request as never);
      },
    };
    return [name, spec];
  });
  return Object.fromEntries(entries);
}
