/** How the domain asks a host to do something; edge/agents/agent-connections.ts implements it over sockets. */
import type { AgentAnswer, AgentCommandName, AgentRequest } from '@drydock/protocol';

export interface AgentCommands {
  /**
   * Sends a command and waits for its parsed answer, at most `timeoutMs` (default COMMAND_TIMEOUT_MS).
   * @throws DrydockError HOST_UNAVAILABLE when the agent is away, goes away or does not answer in time; else the agent's error.
   */
  send<C extends AgentCommandName>(
    host: string,
    name: C,
    request: AgentRequest<C>,
    timeoutMs?: number,
  ): Promise<AgentAnswer<C>>;
}

/** Longest wait for the answer of a command that should be quick (ms). */
export const COMMAND_TIMEOUT_MS = 20_000;
/** Longest wait for a node (ms): a cold boot on a busy host. */
export const CREATE_TIMEOUT_MS = 120_000;
/** Longest wait for the end of a node or session (ms): its processes get time to stop. */
export const DESTROY_TIMEOUT_MS = 60_000;
