/**
 * What managers (and the agent of the same machine) say to a terminal host: calls with ids and answers, acknowledgements, and events in
 * their order. A frame is a JSON header with raw bytes behind it (service-kit's frames.ts). A manager's stream is dialled out by the
 * terminal host at the agent's word (docs/PROTOCOL.md, D11).
 */
import { z } from 'zod';
import { agentCommands, viewerAckSchema } from '../agent/agent-events.ts';
import type { ErrorBody } from '../errors.ts';
import { viewerIdSchema } from '../ids.ts';
import { MAX_SCREEN_BYTES, MAX_TERMINAL_OUTPUT_BYTES } from '../limits.ts';
import { offsetSchema, terminalExitSchema, terminalResizeSchema } from './terminal.ts';

/** JSON around a screen or a chunk; escaping can make a screen's control characters six times as long. */
export const MAX_STREAM_FRAME_BYTES = 6 * MAX_SCREEN_BYTES + MAX_TERMINAL_OUTPUT_BYTES;

const empty = z.object({});

/** Calls of a manager. The typed bytes of `terminal.input` are the frame's bytes. */
export const streamCalls = {
  'terminal.attach': agentCommands['terminal.attach'],
  'terminal.detach': agentCommands['terminal.detach'],
  'terminal.input': { request: agentCommands['terminal.input'].request, answer: empty },
  /** Answered at once: every event that was sent before its answer has then arrived. */
  ping: { request: empty, answer: empty },
} as const;
export type StreamCallName = keyof typeof streamCalls;
export type StreamRequest<C extends StreamCallName> = z.output<(typeof streamCalls)[C]['request']>;
export type StreamAnswer<C extends StreamCallName> = z.output<(typeof streamCalls)[C]['answer']>;

/** To the terminal host, without an answer. */
export const streamAckSchema = z.object({ ack: viewerAckSchema });

/** From the terminal host: a call's answer. */
export const streamAnswerSchema = z.union([
  z.object({ id: z.number().int(), answer: z.unknown() }),
  z.object({
    id: z.number().int(),
    error: z.custom<ErrorBody>((value) => typeof value === 'object' && value !== null),
  }),
]);

/** From the terminal host. An output's bytes are the frame's bytes. Told apart by one field: this is parsed for every echo of a key. */
export const streamEventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('output'), viewerId: viewerIdSchema, offset: offsetSchema }),
  z.object({ event: z.literal('screen'), viewerId: viewerIdSchema, offset: offsetSchema, screen: z.string() }),
  terminalResizeSchema.extend({ event: z.literal('size'), viewerId: viewerIdSchema, offset: offsetSchema }),
  terminalExitSchema.extend({ event: z.literal('exit'), viewerId: viewerIdSchema.optional() }),
]);
export type StreamEvent = z.infer<typeof streamEventSchema>;
