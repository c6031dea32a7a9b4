/** What each call of the realtime contract needs and does: one table, checked to be complete by the compiler. */
import type { LabAnswer, LabCall, labCalls, Right } from '@drydock/protocol';
import type { z } from 'zod';
import type { PersonHandle } from '../../live/people.ts';
import type { RelayClient } from '../../relay/terminal-relay-types.ts';

export interface LabCallContext {
  relay: RelayClient;
  /** The page's own entry among the people of its session; none on a socket that carries terminals alone. */
  person?: PersonHandle;
  /** The host of a running node. @throws DrydockError NODE_NOT_FOUND, NODE_NOT_READY. */
  hostOf(node: string): string;
}

type Parsed<C extends LabCall> = z.output<(typeof labCalls)[C]['request']>;

export interface LabCallSpec<C extends LabCall> {
  right: Right;
  run(context: LabCallContext, request: Parsed<C>): Promise<LabAnswer<C>>;
}

/** Everything that a browser may ask for, with the right it needs. */
export const labCallTable: { readonly [C in LabCall]: LabCallSpec<C> } = {
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
  'lab:here': {
    right: 'viewer',
    run: async ({ person }, request) => {
      person?.update(request);
      return {};
    },
  },
  'lab:ping': { right: 'viewer', run: async () => ({}) },
};
