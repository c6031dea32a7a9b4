/** What the terminal host asks of a screens' process, one question at a time, and what it answers. Frames as on the host's socket. */
import { colsSchema, MAX_SCREEN_BYTES, rowsSchema } from '@drydock/protocol';
import { z } from 'zod';

/** A question's or an answer's JSON is short; a screen is bytes behind it. */
export const MAX_SCREEN_FRAME_BYTES = MAX_SCREEN_BYTES + 1024;

const screen = z.number().int().nonnegative();
const size = { cols: colsSchema, rows: rowsSchema };

export const screenRequestSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('open'), screen, ...size }),
  /** The frame's bytes. */
  z.object({ do: z.literal('parse'), screen }),
  z.object({ do: z.literal('resize'), screen, ...size }),
  z.object({ do: z.literal('serialize'), screen }),
  z.object({ do: z.literal('close'), screen }),
]);
export type ScreenRequest = z.infer<typeof screenRequestSchema>;

/** `scrollsWhole` as Emulator.parse says it; a screen's text is the frame's bytes. */
export const screenAnswerSchema = z.object({ scrollsWhole: z.boolean() });
