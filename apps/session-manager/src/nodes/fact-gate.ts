/** Believes a host only about what is placed on it: one that was taken over must not speak for the sessions of others. */
import type { AgentFact, AgentHello, SessionId } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import type { SessionDirectory } from '../sessions/session-directory.ts';

export interface FactGate {
  /** Applies a host's fact if it may tell it; in order with the host's other facts of the session. */
  hear(host: string, fact: AgentFact, apply: () => void): void;
  /** A hello's terminals that are of the host's own nodes, as far as memory knows. */
  ownTerminals(host: string, hello: AgentHello): AgentHello['terminals'];
  /** The host is gone: what waits is forgotten. */
  lost(host: string): void;
}

/** Facts of one host that wait until the store was asked; more are dropped: a host tells of nodes that it was asked to make a moment ago. */
const MAX_WAITING = 1000;
/** Between two questions to the store for one host (ms): what another manager wrote is there in one. */
const ASK_MS = 100;

interface Waiting {
  fact: AgentFact;
  apply: () => void;
}

/** What a fact is about: a node, or a session as such. */
function subjectOf(fact: AgentFact): { sessionId: SessionId; node?: string } | undefined {
  switch (fact.kind) {
    case 'node':
      return { sessionId: fact.node.sessionId, node: fact.node.name };
    case 'node-gone':
      return { sessionId: fact.sessionId, node: fact.name };
    case 'ports':
      return { sessionId: fact.sessionId, node: fact.node };
    case 'lab':
      return { sessionId: fact.sessionId, node: fact.node };
    case 'event':
      return { sessionId: fact.sessionId, node: fact.event.node };
    case 'terminal':
      return { sessionId: fact.sessionId, node: fact.terminal.node };
    case 'swarm':
    case 'refusals':
    case 'traffic':
    case 'floor':
      return { sessionId: fact.sessionId };
    case 'capacity':
      return undefined;
    default:
      // The compiler's word that no kind of fact is left out: one that is, would be believed of any session.
      return fact satisfies never;
  }
}

/** Builds the gate. */
export function createFactGate({
  directory,
  logger,
}: {
  directory: Pick<SessionDirectory, 'get' | 'refresh'>;
  logger: Logger;
}): FactGate {
  const waiting = new Map<string, Waiting[]>();

  function isPlaced(host: string, sessionId: SessionId, node: string | undefined): boolean {
    const nodes = directory.get(sessionId)?.nodes ?? [];
    return nodes.some((record) => record.host === host && (node === undefined || record.name === node));
  }

  /** Ends are told when the record is often gone already: then only what another host has is closed to it. */
  function isAnothers(host: string, sessionId: SessionId, node: string | undefined): boolean {
    const nodes = directory.get(sessionId)?.nodes ?? [];
    return nodes.some(({ name }) => node === undefined || name === node) && !isPlaced(host, sessionId, node);
  }

  function mayTell(host: string, fact: AgentFact): boolean {
    const subject = subjectOf(fact);
    if (subject === undefined) return true;
    const isEnd = fact.kind === 'node-gone' || fact.kind === 'refusals' || fact.kind === 'traffic';
    return isEnd ? !isAnothers(host, subject.sessionId, subject.node) : isPlaced(host, subject.sessionId, subject.node);
  }

  /** What another manager wrote a moment ago may not have reached our memory. */
  async function ask(host: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0 && waiting.get(host) === queue) {
      const batch = queue.length;
      const sessions = queue.flatMap(({ fact }) => subjectOf(fact)?.sessionId ?? []);
      await directory.refresh(new Set(sessions)).catch((err: unknown) => {
        logger.warn({ err, host }, 'placement could not be looked up');
      });
      if (waiting.get(host) !== queue) return;
      const facts = queue.splice(0, batch);
      const refused = facts.filter(({ fact }) => !mayTell(host, fact));
      for (const { fact, apply } of facts) if (mayTell(host, fact)) apply();
      if (refused.length > 0) {
        const { kind } = (refused[0] as Waiting).fact;
        logger.warn({ host, kind, facts: refused.length }, 'a host told of what is not placed on it');
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
    if (waiting.get(host) === queue) waiting.delete(host);
  }

  return {
    hear(host, fact, apply) {
      const queue = waiting.get(host);
      const sessionId = subjectOf(fact)?.sessionId;
      const isBehind = queue?.some((other) => subjectOf(other.fact)?.sessionId === sessionId) ?? false;
      if (!isBehind && mayTell(host, fact)) return apply();
      if (queue === undefined) {
        const first = [{ fact, apply }];
        waiting.set(host, first);
        void ask(host, first);
      } else if (queue.length < MAX_WAITING) queue.push({ fact, apply });
    },
    ownTerminals: (host, hello) => hello.terminals.filter(({ sessionId, node }) => isPlaced(host, sessionId, node)),
    lost: (host) => void waiting.delete(host),
  };
}
