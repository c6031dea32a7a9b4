/** The session's lab on this page: its text, its run blocks, and what can be asked of the manager. Free of React. */
import type { SessionConnection } from '@drydock/client';
import {
  type LabView,
  labStatementResponseSchema,
  type SessionCall,
  type SessionCallAnswer,
  type SessionCallRequest,
  type SessionId,
} from '@drydock/protocol';
import { strings } from '../../strings.ts';
import type { Notices } from '../base/notices.ts';
import { createValue } from '../base/store.ts';
import type { Files } from '../files/files.ts';
import { downloadText } from '../files/take-home.ts';
import type { WorkbenchActions } from '../session/workbench-actions.ts';
import { type BlockRunnerDeps, createBlockRunner } from './block-runner.ts';
import { type ShownFile, writeBlock } from './file-writer.ts';
import { createLabText } from './lab-text.ts';

type LabCall = Extract<SessionCall, `lab:${string}`>;

export interface SessionLabDeps {
  runner: BlockRunnerDeps;
  call: WorkbenchActions['call'];
  connection: Pick<SessionConnection, 'call'>;
  notices: Notices;
  files(): Files;
  sessionId: SessionId;
}

export type SessionLab = ReturnType<typeof createSessionLab>;

export function createSessionLab({ runner, call, connection, notices, files, sessionId }: SessionLabDeps) {
  const blocks = createBlockRunner(runner);
  /** What is shown where it is not the open step: the introduction or the end, which the manager knows nothing of. */
  const place = createValue<'intro' | 'finish' | null>(null);

  async function ask<C extends LabCall>(name: C, request: SessionCallRequest<C>): Promise<boolean> {
    try {
      await connection.call(name, request);
      return true;
    } catch (error) {
      notices.fail(strings.labs.callFailed, error);
      return false;
    }
  }

  return {
    text: createLabText(call),
    runner: blocks,
    place,
    /** Asks for something; a failure is a message, and false. */
    ask,
    /** Opens a step, past those that are not done where `skip`. */
    async open(step: string, skip?: boolean): Promise<void> {
      if (await ask('lab:step', { step, ...(skip === undefined ? {} : { skip }) })) place.set(null);
    },
    /** @throws ApiError */
    answer: (request: SessionCallRequest<'lab:answer'>): Promise<SessionCallAnswer<'lab:answer'>> =>
      connection.call('lab:answer', request),
    /** @throws ApiError | ChangeError */
    write: (node: string, file: ShownFile): Promise<void> => writeBlock(files().api, node, file),
    async downloadStatement(view: LabView): Promise<void> {
      try {
        const statement = await call('GET', '/lab/statement', { read: labStatementResponseSchema });
        downloadText(JSON.stringify(statement, null, 2), `${view.id.replaceAll(/[^\w.-]+/g, '-')}-${sessionId}.json`);
      } catch (error) {
        notices.fail(strings.labs.callFailed, error);
      }
    },
    dispose: blocks.dispose,
  };
}
