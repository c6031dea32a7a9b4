/** In which folder a terminal's shell is: the shell says so by OSC 7 (`file://host/path`) whenever it changes. */
import { withoutEnd } from '@drydock/protocol';

export interface TerminalFolder {
  /** The machine that the shell runs on: the node, or another one that it has gone to by ssh. */
  host: string;
  path: string;
}

/** Longest report (characters): a path of 4,096 bytes, each written as three letters, and a host's name. */
const MAX_REPORT = 3 * 4096 + 256;

/** The folder of an OSC 7 report; null when it is no such thing. */
export function folderOfReport(data: string): TerminalFolder | null {
  // A program may say ten million characters: xterm's own bound.
  if (data.length > MAX_REPORT) return null;
  const [, host = '', encoded = ''] = /^file:\/\/([A-Za-z0-9.-]*)(\/.*)$/.exec(data) ?? [];
  if (encoded === '') return null;
  try {
    const path = decodeURIComponent(encoded);
    return { host, path: path.length > 1 ? withoutEnd(path, '/') || '/' : path };
  } catch {
    // Bytes that are no UTF-8: no path of ours leads there.
    return null;
  }
}
