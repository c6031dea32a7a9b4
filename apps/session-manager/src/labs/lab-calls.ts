/** What a page's and the API's calls on a session's lab need and do: one table, checked to be complete by the compiler. */
import type { labCallSchemas, Right, SessionId } from '@drydock/protocol';
import type { z } from 'zod';
import type { Labs } from './labs.ts';

export interface LabCallContext {
  labs: Labs;
  sessionId: SessionId;
}

type Name = keyof typeof labCallSchemas;

export const labCallTable: {
  readonly [C in Name]: {
    right: Right;
    run(
      context: LabCallContext,
      request: z.output<(typeof labCallSchemas)[C]['request']>,
    ): Promise<z.output<(typeof labCallSchemas)[C]['answer']>>;
  };
} = {
  'lab:step': {
    right: 'collaborator',
    run: async ({ labs, sessionId }, { step, skip = false }) => {
      await labs.openStep(sessionId, step, skip);
      return {};
    },
  },
  'lab:skip': {
    right: 'collaborator',
    run: async ({ labs, sessionId }, { step }) => {
      await labs.begin(sessionId, 'skip', step);
      return {};
    },
  },
  'lab:solve': {
    right: 'collaborator',
    run: async ({ labs, sessionId }, { step }) => {
      await labs.begin(sessionId, 'solve', step);
      return {};
    },
  },
  'lab:afresh': {
    right: 'collaborator',
    run: async ({ labs, sessionId }, { step }) => {
      await labs.begin(sessionId, 'afresh', step);
      return {};
    },
  },
  'lab:again': {
    right: 'collaborator',
    run: async ({ labs, sessionId }) => {
      await labs.begin(sessionId, 'again', null);
      return {};
    },
  },
  'lab:update': {
    right: 'collaborator',
    run: async ({ labs, sessionId }) => {
      await labs.update(sessionId);
      return {};
    },
  },
  'lab:answer': {
    right: 'collaborator',
    run: ({ labs, sessionId }, { key, text, chosen }) => labs.answer(sessionId, key, { text, chosen }),
  },
  'lab:hint': {
    right: 'collaborator',
    run: async ({ labs, sessionId }, { key }) => {
      await labs.hint(sessionId, key);
      return {};
    },
  },
};
