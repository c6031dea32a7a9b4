/** One browser connection's view of one terminal: goes on at the byte that was forwarded last, whatever happens to the host's link. */
import {
  type AgentExit,
  type AttachResult,
  DrydockError,
  type TerminalExit,
  type TerminalOutput,
  type ViewerOutput,
  type ViewerSize,
} from '@drydock/protocol';
import { createBackoff } from '@drydock/service-kit';
import type { TerminalRelayDeps, TerminalSink } from './terminal-relay-types.ts';

export interface RelayViewerOptions {
  terminalId: string;
  host: string;
  sink: TerminalSink;
  deps: Pick<TerminalRelayDeps, 'sendCommand' | 'sendAck' | 'newId'>;
  /** Where the host's events find this viewer: it has a new id for every attach, so that old events find nobody. */
  directory: Map<string, RelayViewer>;
}

export interface RelayViewer {
  readonly terminalId: string;
  readonly host: string;
  /** First attach. Events reach the sink in a later turn of the event loop, so that the caller can pass the answer on before. */
  attach(offset: number): Promise<AttachResult>;
  /** The host is back, or bytes are missing: attaches anew at what was forwarded. */
  resume(): void;
  ack(offset: number): void;
  onOutput(output: ViewerOutput): void;
  onScreen(screen: { screen: string; offset: number }): void;
  onSize(size: ViewerSize): void;
  onExit(exit: AgentExit): void;
  /** The terminal is gone: tells its end unless that was told. */
  end(exit: Omit<TerminalExit, 'terminalId'>): void;
  /** Nobody watches any more. Does not wait for the host. */
  close(): void;
}

/** Between attempts to go on (ms), when the host's next hello does not come first. */
const RETRY = { minMs: 500, maxMs: 5000 };

type State = 'attaching' | 'live' | 'away' | 'ended' | 'closed';

/** Builds a viewer that is not attached yet. */
export function createRelayViewer({ terminalId, host, sink, deps, directory }: RelayViewerOptions): RelayViewer {
  let state: State = 'away';
  let viewerId: string | undefined;
  /** All before this offset was given to the sink. */
  let forwarded = 0;
  let size = '';
  /** Events that came while an attach is not answered, or its answer is on its way; a window of bytes at most. */
  let held: (() => void)[] | undefined;
  const backoff = createBackoff(RETRY);
  let retry: NodeJS.Timeout | undefined;

  function leave(): void {
    clearTimeout(retry);
    if (viewerId !== undefined) directory.delete(viewerId);
    viewerId = undefined;
    held = undefined;
  }

  async function attachAt(offset: number): Promise<{ id: string; result: AttachResult }> {
    const before = viewerId;
    leave();
    // After a break the host knows it no longer; after a hole it does.
    if (before !== undefined) detach(before);
    const id = deps.newId('v');
    viewerId = id;
    directory.set(id, viewer);
    state = 'attaching';
    held = [];
    try {
      const result = await deps.sendCommand(host, 'terminal.attach', { terminalId, viewerId: id, offset });
      if (viewerId !== id) {
        detach(id);
        throw new DrydockError('HOST_UNAVAILABLE', 'The terminal was attached to anew meanwhile.');
      }
      state = 'live';
      backoff.reset();
      forwarded = result.offset;
      return { id, result };
    } catch (error) {
      if (viewerId === id) {
        leave();
        state = 'away';
      }
      throw error;
    }
  }

  function detach(id: string): void {
    deps.sendCommand(host, 'terminal.detach', { viewerId: id }).catch(() => undefined);
  }

  function release(id: string): void {
    if (viewerId !== id) return;
    const events = held ?? [];
    held = undefined;
    for (const event of events) if (viewerId === id) event();
  }

  async function resumeNow(): Promise<void> {
    const { id, result } = await attachAt(forwarded);
    if (result.screen !== undefined) {
      sendSize(result);
      sink.screen({ terminalId, screen: result.screen, offset: result.offset });
    } else if (size !== `${result.cols}x${result.rows}`) sendSize(result);
    release(id);
  }

  function sendSize({ cols, rows }: { cols: number; rows: number }): void {
    size = `${cols}x${rows}`;
    sink.size({ terminalId, cols, rows });
  }

  function inTurn(event: () => void): void {
    if (held === undefined) event();
    else held.push(event);
  }

  function forward({ offset, data }: Omit<TerminalOutput, 'terminalId'>): void {
    if (offset > forwarded) {
      viewer.resume();
      return;
    }
    const fresh = data.subarray(forwarded - offset);
    if (fresh.byteLength === 0) return;
    const at = forwarded;
    forwarded += fresh.byteLength;
    sink.output({ terminalId, offset: at, data: fresh });
  }

  const viewer: RelayViewer = {
    terminalId,
    host,
    async attach(offset) {
      const { id, result } = await attachAt(offset);
      size = `${result.cols}x${result.rows}`;
      setImmediate(() => release(id));
      return result;
    },
    resume() {
      // An attach that is under way is answered, or fails with what carries it.
      if (state === 'ended' || state === 'closed' || state === 'attaching') return;
      resumeNow().catch(() => {
        if (state !== 'away') return;
        // A terminal that is gone is ended by the host's own word; everything else may get better.
        clearTimeout(retry);
        retry = setTimeout(viewer.resume, backoff.next());
      });
    },
    ack(offset) {
      if (state === 'live' && viewerId !== undefined) deps.sendAck(host, { viewerId, offset });
    },
    onOutput: (output) => inTurn(() => forward(output)),
    onScreen: ({ screen, offset }) =>
      inTurn(() => {
        forwarded = offset;
        sink.screen({ terminalId, screen, offset });
      }),
    onSize: (next) => inTurn(() => sendSize(next)),
    onExit: ({ exitCode, signal }) =>
      inTurn(() => viewer.end({ exitCode, ...(signal === undefined ? {} : { signal }) })),
    end(exit) {
      inTurn(() => {
        if (state === 'ended' || state === 'closed') return;
        state = 'ended';
        leave();
        sink.exit({ terminalId, ...exit });
      });
    },
    close() {
      if (viewerId !== undefined) detach(viewerId);
      leave();
      state = 'closed';
    },
  };
  return viewer;
}
