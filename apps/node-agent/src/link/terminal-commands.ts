/** Carries out the managers' terminal commands on the terminal host, and tells every manager of terminals that one of them asked for. */
import { type AgentFact, DrydockError, type SessionId, type TerminalView } from '@drydock/protocol';
import type { HostedTerminal } from '../terminals/host-protocol.ts';
import type { TerminalClient } from '../terminals/terminal-client.ts';
import type { CommandHandlers } from './dispatch.ts';
import type { ManagerLinks } from './manager-links.ts';

export type TerminalCommandHandlers = Pick<CommandHandlers, Extract<keyof CommandHandlers, `terminal.${string}`>>;

export interface TerminalCommandsDeps {
  terminals: Pick<TerminalClient, 'call'>;
  links: Pick<ManagerLinks, 'claim' | 'release'>;
  /** Under which managers know this host; the key is read at each use, so that it can be replaced. */
  name: string;
  readKey(): Promise<string>;
  hasNode(sessionId: SessionId, node: string): boolean;
  sendFact(fact: AgentFact): void;
}

export interface TerminalCommands {
  handlers: TerminalCommandHandlers;
  /** All terminals that there are, as a hello tells them. */
  learn(terminals: readonly HostedTerminal[]): void;
  /** A terminal is forgotten. */
  forget(terminalId: string): void;
  /** Detaches viewers whose manager is away. */
  detach(viewerIds: readonly string[]): void;
}

/** Builds the handlers. */
export function createTerminalCommands(deps: TerminalCommandsDeps): TerminalCommands {
  const { terminals, links, hasNode, sendFact } = deps;
  const known = new Map<string, { sessionId: SessionId; view: TerminalView }>();

  function tell(sessionId: SessionId, view: TerminalView): void {
    known.set(view.terminalId, { sessionId, view });
    sendFact({ kind: 'terminal', sessionId, terminal: view });
  }

  return {
    learn(listed) {
      known.clear();
      for (const { sessionId, ...view } of listed) known.set(view.terminalId, { sessionId, view });
    },
    forget: (terminalId) => void known.delete(terminalId),
    detach(viewerIds) {
      for (const viewerId of viewerIds) terminals.call('terminal.detach', { viewerId }).catch(() => undefined);
    },
    handlers: {
      'terminal.open': async (request) => {
        const { sessionId, node, terminalId, cols, rows } = request;
        if (!hasNode(sessionId, node)) throw new DrydockError('NODE_NOT_FOUND');
        const answer = await terminals.call('terminal.open', request);
        tell(sessionId, { terminalId, node, cols, rows, createdAt: Date.now() });
        return answer;
      },
      'terminal.attach': async (request, from) => {
        links.claim(request.viewerId, from);
        try {
          return await terminals.call('terminal.attach', request);
        } catch (error) {
          links.release(request.viewerId);
          throw error;
        }
      },
      'terminal.detach': (request) => {
        links.release(request.viewerId);
        return terminals.call('terminal.detach', request);
      },
      'terminal.input': (request) => terminals.call('terminal.input', request),
      'terminal.resize': async (request) => {
        const answer = await terminals.call('terminal.resize', request);
        const { terminalId, cols, rows } = request;
        const entry = known.get(terminalId);
        if (entry !== undefined && (entry.view.cols !== cols || entry.view.rows !== rows)) {
          tell(entry.sessionId, { ...entry.view, cols, rows });
        }
        return answer;
      },
      'terminal.close': (request) => terminals.call('terminal.close', request),
      // The bytes of terminals take the shortest way: this process need not even live for them.
      'terminal.stream': async ({ streamId }, url) =>
        terminals.call('manager.dial', { url, streamId, name: deps.name, key: await deps.readKey() }),
    },
  };
}
