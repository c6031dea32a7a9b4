/** What the agent says to the terminal host of its machine: all that a manager's stream may (terminal-stream.ts), and more. */
import {
  agentCommands,
  MAX_STREAM_FRAME_BYTES,
  processHealthSchema,
  type StreamEvent,
  sessionIdSchema,
  sessionNodeSchema,
  streamAckSchema,
  streamAnswerSchema,
  streamCalls,
  streamEventSchema,
  streamIdSchema,
  terminalViewSchema,
} from '@drydock/protocol';
import { z } from 'zod';

/** Changes with every change of these messages: an agent of another version must restart the terminal host, which ends its terminals. */
export const HOST_PROTOCOL_VERSION = 1;

export const MAX_FRAME_BYTES = MAX_STREAM_FRAME_BYTES;

export const hostedTerminalSchema = terminalViewSchema.extend({ sessionId: sessionIdSchema });
export type HostedTerminal = z.infer<typeof hostedTerminalSchema>;

const empty = z.object({});

/** Calls, agent -> host. */
export const hostCalls = {
  ...streamCalls,
  'terminal.open': agentCommands['terminal.open'],
  'terminal.resize': agentCommands['terminal.resize'],
  'terminal.close': agentCommands['terminal.close'],
  /** Ends all terminals of a node that is going away. */
  'node.close': { request: sessionNodeSchema, answer: empty },
  /** Brings a stream to the manager at `url`, in the agent's name; the manager then calls by it what streamCalls names. */
  'manager.dial': {
    request: z.object({ url: z.url(), streamId: streamIdSchema, name: z.string(), key: z.string() }),
    answer: empty,
  },
  /** First call of a connection, and again when the host's health is asked for: all that it holds; `dials` when it knows `manager.dial`. */
  list: {
    request: z.object({ protocol: z.number().int() }),
    answer: z.object({
      protocol: z.number().int(),
      terminals: z.array(hostedTerminalSchema),
      dials: z.boolean().optional(),
      /** How the terminal host fares; since release 0.3. */
      health: processHealthSchema.optional(),
    }),
  },
} as const;
export type HostCallName = keyof typeof hostCalls;
export type HostRequest<C extends HostCallName> = z.output<(typeof hostCalls)[C]['request']>;
export type HostAnswer<C extends HostCallName> = z.output<(typeof hostCalls)[C]['answer']>;

/** agent -> host without an answer. */
export const hostAckSchema = streamAckSchema;
/** agent -> host: a call. */
export const hostCallSchema = z.object({
  id: z.number().int().nonnegative(),
  call: z.enum(Object.keys(hostCalls) as [HostCallName, ...HostCallName[]]),
  request: z.unknown(),
});

export const hostAnswerSchema = streamAnswerSchema;
export const hostEventSchema = streamEventSchema;
export type HostEvent = StreamEvent;
