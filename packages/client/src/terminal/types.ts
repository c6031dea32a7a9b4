/** What a terminal's reader needs of the connection, and what it hears. */
import type {
  SessionCall,
  SessionCallAnswer,
  SessionCallRequest,
  TerminalExit,
  TerminalOutput,
} from '@drydock/protocol';

export type Unsubscribe = () => void;

/** Events of one terminal, each in its place among the terminal's bytes. */
export interface TerminalEvents {
  onOutput(output: TerminalOutput): void;
  onScreen(screen: { terminalId: string; screen: string; offset: number }): void;
  onSize(size: { terminalId: string; cols: number; rows: number }): void;
  onExit(exit: TerminalExit): void;
}

/** The connection as one terminal sees it. */
export interface TerminalLink {
  /** Whether calls can be made now. */
  isConnected(): boolean;
  /**
   * Asks the server. Calls are sent in the order in which they are made.
   * @throws an error whose `code` is one of the registry's, or `NETWORK` when no answer came.
   */
  call<C extends SessionCall>(name: C, request: SessionCallRequest<C>): Promise<SessionCallAnswer<C>>;
  /** `terminal:ack`, without an answer; dropped while there is no connection. */
  ack(terminalId: string, offset: number): void;
  /** Hears the events of one terminal, synchronously and in order, until the function that is returned is called. */
  subscribe(terminalId: string, events: TerminalEvents): Unsubscribe;
  /** Hears of every new connection (`true`) and of every break (`false`). */
  onConnection(listener: (connected: boolean) => void): Unsubscribe;
}
