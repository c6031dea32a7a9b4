/** What agent and terminal host say to one another over the host's socket. Calls have ids and are answered; events are not. */
import {
  agentCommands,
  type ErrorBody,
  MAX_SCREEN_BYTES,
  MAX_TERMINAL_OUTPUT_BYTES,
  offsetSchema,
  sessionIdSchema,
  sessionNodeSchema,
  terminalExitSchema,
  terminalResizeSchema,
  terminalViewSchema,
  viewerAckSchema,
  viewerIdSchema,
} from '@drydock/protocol';
import { z } from 'zod';

/** Changes with every change of these messages: an agent of another version must restart the terminal host, which ends its terminals. */
export const HOST_PROTOCOL_VERSION = 1;

/** JSON around a screen or a chunk; escaping can make a screen's control characters six times as long. */
export const MAX_FRAME_BYTES = 6 * MAX_SCREEN_BYTES + MAX_TERMINAL_OUTPUT_BYTES;

export const hostedTerminalSchema = terminalViewSchema.extend({ sessionId: sessionIdSchema });
export type HostedTerminal = z.infer<typeof hostedTerminalSchema>;

const empty = z.object({});

/** Calls, agent -> host. The typed bytes of `terminal.input` are the frame's bytes. */
export const hostCalls = {
  'terminal.open': agentCommands['terminal.open'],
  'terminal.attach': agentCommands['terminal.attach'],
  'terminal.detach': agentCommands['terminal.detach'],
  'terminal.input': { request: agentCommands['terminal.input'].request, answer: empty },
  'terminal.resize': agentCommands['terminal.resize'],
  'terminal.close': agentCommands['terminal.close'],
  /** Ends all terminals of a node that is going away. */
  'node.close': { request: sessionNodeSchema, answer: empty },
  /** First call of a connection: all that the host holds. */
  list: {
    request: z.object({ protocol: z.number().int() }),
    answer: z.object({ protocol: z.number().int(), terminals: z.array(hostedTerminalSchema) }),
  },
} as const;
export type HostCallName = keyof typeof hostCalls;
export type HostRequest<C extends HostCallName> = z.output<(typeof hostCalls)[C]['request']>;
export type HostAnswer<C extends HostCallName> = z.output<(typeof hostCalls)[C]['answer']>;

/** agent -> host without an answer. */
export const hostAckSchema = z.object({ ack: viewerAckSchema });
/** agent -> host: a call. */
export const hostCallSchema = z.object({
  id: z.number().int().nonnegative(),
  call: z.enum(Object.keys(hostCalls) as [HostCallName, ...HostCallName[]]),
  request: z.unknown(),
});

/** host -> agent: a call's answer. */
export const hostAnswerSchema = z.union([
  z.object({ id: z.number().int(), answer: z.unknown() }),
  z.object({
    id: z.number().int(),
    error: z.custom<ErrorBody>((value) => typeof value === 'object' && value !== null),
  }),
]);
/** host -> agent. An output's bytes are the frame's bytes. Told apart by one field: this is parsed for every echo of a key. */
export const hostEventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('output'), viewerId: viewerIdSchema, offset: offsetSchema }),
  z.object({ event: z.literal('screen'), viewerId: viewerIdSchema, offset: offsetSchema, screen: z.string() }),
  terminalResizeSchema.extend({ event: z.literal('size'), viewerId: viewerIdSchema, offset: offsetSchema }),
  terminalExitSchema.extend({ event: z.literal('exit'), viewerId: viewerIdSchema.optional() }),
]);
export type HostEvent = z.infer<typeof hostEventSchema>;
