/** A TCP port of a node as a WebSocket of bytes (docs/PROTOCOL.md, B11). The right goes in a header, so pages cannot have it. */
import type { SessionId } from '@drydock/protocol';
import { type ApiError, failureOf } from '../http/errors.ts';
import { bearer } from '../http/http-client.ts';
import { type ClientTexts, ENGLISH } from '../http/texts.ts';

/** The program on the port reset the connection: the close code that says so. */
export const PORT_RESET_CODE = 1011;

export interface PortPlace {
  /** Where the server is, with the path below which it lies. */
  server: string;
  sessionId: SessionId;
  token: string;
}

/** Where the stream is had, and with which headers. Binary messages are bytes; the first end ends both ways. */
export function portStreamOf(
  { server, sessionId, token }: PortPlace,
  node: string,
  port: number,
): { url: string; headers: Record<string, string> } {
  const path = `/api/v1/sessions/${sessionId}/nodes/${node}/ports/${port}/tcp`;
  return { url: `${server.replace(/^http/, 'ws')}${path}`, headers: bearer(token) };
}

/** A refused upgrade (its HTTP answer) as an error. */
export function portRefusal(
  { status, retryAfter, body }: { status: number; retryAfter: string | null; body: string },
  texts: ClientTexts = ENGLISH,
): ApiError {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // No JSON: failureOf says so.
  }
  return failureOf(status, retryAfter, value, texts);
}
