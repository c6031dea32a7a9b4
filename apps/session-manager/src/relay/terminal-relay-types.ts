/** The seam between the sockets (edge/) and the terminal relay: what each side may call, free of any transport. */
import type {
  AgentAnswer,
  AgentCommandName,
  AgentExit,
  AgentHello,
  AgentRequest,
  AttachResult,
  SessionChange,
  SessionId,
  TerminalExit,
  TerminalInput,
  TerminalOutput,
  TerminalResize,
  TerminalView,
  ViewerOutput,
  ViewerSize,
} from '@drydock/protocol';

/** Where one browser connection's terminal events go. Calls must not throw; they are made in the order of the bytes. */
export interface TerminalSink {
  output(output: TerminalOutput): void;
  /** `screen` stands for all bytes before `offset`; output goes on there. */
  screen(screen: { terminalId: string; screen: string; offset: number }): void;
  size(size: TerminalResize): void;
  exit(exit: TerminalExit): void;
}

/** A terminal's entry appeared, changed or went: the gateway passes these on to every client of the session. */
export type TerminalChange = Extract<SessionChange, { kind: 'terminal' | 'terminal-gone' }>;

export interface TerminalRelayDeps {
  /**
   * Sends a command to a host's agent and waits for its answer.
   * @throws DrydockError HOST_UNAVAILABLE when the agent is not connected or does not answer in time, or the agent's own error.
   */
  sendCommand<C extends AgentCommandName>(host: string, name: C, request: AgentRequest<C>): Promise<AgentAnswer<C>>;
  /** Tells the host that a viewer drew all before `offset`; lost silently when the agent is away. */
  sendAck(host: string, ack: { viewerId: string; offset: number }): void;
  /** A new id of the protocol's form: `t` terminalIdSchema, `v` viewerIdSchema. */
  newId(prefix: 't' | 'v'): string;
  /** Hears of every change of a session's list of terminals (opened, resized, ended). */
  onChange(sessionId: SessionId, change: TerminalChange): void;
  /**
   * Whether every host of the session has told what it has. Until then an unknown terminal may exist all the same, and is
   * HOST_UNAVAILABLE: a manager that was just restarted must not tell pages that their terminals are gone.
   */
  knowsHostsOf(sessionId: SessionId): boolean;
  /** Whether the host's viewers come by a stream that is apart from its agent's link: then a hello says nothing about them. */
  hasStream?(host: string): boolean;
}

/**
 * One browser connection in one session. Rights are checked by the caller; that the terminal belongs to the session is
 * checked here (TERMINAL_NOT_FOUND for unknown and foreign ones alike, HOST_UNAVAILABLE while that is not known).
 */
export interface RelayClient {
  /** Opens a terminal on a node that lives on `host`, and attaches this client at offset 0. */
  open(request: {
    host: string;
    node: string;
    cols: number;
    rows: number;
  }): Promise<{ terminalId: string; offset: number }>;
  /** Attaches; a client that is attached already is attached anew at `offset`. No byte reaches the sink before the answer. */
  attach(request: { terminalId: string; offset: number }): Promise<AttachResult>;
  detach(request: { terminalId: string }): Promise<void>;
  /** Answers when the PTY has it. */
  input(request: TerminalInput): Promise<void>;
  /** All before `offset` is drawn; unknown terminals are ignored. */
  ack(request: { terminalId: string; offset: number }): void;
  resize(request: TerminalResize): Promise<void>;
  close(request: { terminalId: string }): Promise<void>;
  /** The connection is gone: detaches every viewer. Does not wait for agents. */
  dispose(): void;
}

export interface TerminalRelay {
  addClient(sessionId: SessionId, sink: TerminalSink): RelayClient;
  /** The session's terminals as far as its hosts are known. */
  list(sessionId: SessionId): TerminalView[];
  /** All that a host has; viewers that came by the agent's link are attached again at the offsets that were forwarded. */
  onAgentHello(host: string, hello: AgentHello): void;
  /** The host has a new stream: viewers of its terminals are attached by it, at the offsets that were forwarded. */
  onStream(host: string): void;
  /** A terminal that was opened or resized, by whichever manager. */
  onTerminal(host: string, sessionId: SessionId, view: TerminalView): void;
  onOutput(host: string, output: ViewerOutput): void;
  onScreen(host: string, screen: { viewerId: string; screen: string; offset: number }): void;
  /** A size in its place among a viewer's bytes. */
  onSize(host: string, size: ViewerSize): void;
  /** A shell's end in a viewer's stream, or a terminal that is forgotten (no viewerId). */
  onExit(host: string, exit: AgentExit): void;
  /** The link broke; terminals are kept, since they outlive the agent. */
  onAgentLost(host: string): void;
  /** A node ended: its terminals are gone without an exit of their own. */
  onNodeGone(sessionId: SessionId, node: string): void;
  /** A session ended: all its terminals are forgotten. */
  onSessionGone(sessionId: SessionId): void;
}
