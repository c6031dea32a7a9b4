/** Terminal payloads that browsers, managers, agents and terminal hosts share. Offsets count bytes from the terminal's birth. */
import { z } from 'zod';
import { nodeNameSchema, terminalIdSchema, writerIdSchema } from '../ids.ts';
import * as limits from '../limits.ts';
import { bytesSchema } from './bytes.ts';

export const offsetSchema = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
export const colsSchema = z.number().int().min(limits.MIN_COLS).max(limits.MAX_COLS);
export const rowsSchema = z.number().int().min(limits.MIN_ROWS).max(limits.MAX_ROWS);
export const outputBytesSchema = bytesSchema(limits.MAX_TERMINAL_OUTPUT_BYTES);
export const inputBytesSchema = bytesSchema(limits.MAX_TERMINAL_INPUT_BYTES);

/** One numbered piece of typing: the same (writer, seq) is typed once, whatever connection brings it. */
export const terminalInputSchema = z.object({
  terminalId: terminalIdSchema,
  writer: writerIdSchema,
  seq: z.number().int().min(1),
  data: inputBytesSchema,
});
export type TerminalInput = z.infer<typeof terminalInputSchema>;

export const terminalResizeSchema = z.object({ terminalId: terminalIdSchema, cols: colsSchema, rows: rowsSchema });
export type TerminalResize = z.infer<typeof terminalResizeSchema>;

/** How an attach begins: the exact bytes from `offset` follow; or `screen` stands for bytes that are gone and output goes on at `offset`. */
export const attachResultSchema = z.object({
  offset: offsetSchema,
  screen: z.string().optional(),
  /** Where the output ends at this moment: bytes before it are old, and a viewer answers no terminal query in them. */
  end: offsetSchema.optional(),
  /** The size at `offset`; a later one comes in its place among the bytes (terminal:size). */
  cols: colsSchema,
  rows: rowsSchema,
});
export type AttachResult = z.infer<typeof attachResultSchema>;

/** The shell's end. */
export const terminalExitSchema = z.object({
  terminalId: terminalIdSchema,
  exitCode: z.number().int(),
  signal: z.string().optional(),
});
export type TerminalExit = z.infer<typeof terminalExitSchema>;

/** A terminal as the session's state lists it. */
export const terminalViewSchema = z.object({
  terminalId: terminalIdSchema,
  node: nodeNameSchema,
  cols: colsSchema,
  rows: rowsSchema,
  createdAt: z.number().int(),
});
export type TerminalView = z.infer<typeof terminalViewSchema>;
