/** What a terminal's screen looks like, worked out from its bytes only as far as somebody needs it. */
import { bytePieces, createUnseenText, keptLines } from '@drydock/terminal-text';
import type { Size } from '../output-log.ts';
import { type Emulator, SCREEN_SCROLLBACK_LINES } from './emulator.ts';
import type { ScreenFault } from './screen-fault.ts';

export interface ScreenModel {
  /** Adds bytes behind all that was fed. */
  feed(data: Buffer): void;
  /** Changes the size behind all that was fed. */
  resize(size: Size): void;
  /**
   * The screen as it is after all that was fed, as text that paints it on a new terminal of the same size.
   * @throws ScreenFault when the emulator is lost; the model is of no further use then.
   */
  serialize(): Promise<string>;
  /** Bytes that were fed and are not parsed yet. Grows without bound unless the feeder waits (onDrained). */
  backlog(): number;
  dispose(): void;
}

export interface ScreenModelDeps {
  /** The size at which the first bytes are drawn. */
  size: Size;
  /** Called once, with the first bytes: most terminals never outgrow their log, and whoever attaches to one that did need not wait for a start. */
  openEmulator(size: Size): Emulator;
  /** The backlog has become empty. */
  onDrained(): void;
  /** The emulator is lost, and nobody waits for a screen who would hear of it. */
  onFault(fault: ScreenFault): void;
}

type Job =
  | { kind: 'bytes'; data: Buffer }
  | { kind: 'size'; size: Size }
  | { kind: 'serialize'; done: (screen: string) => void; fail: (fault: ScreenFault) => void };

/** Builds a model of a new terminal. */
export function createScreenModel({ size, openEmulator, onDrained, onFault }: ScreenModelDeps): ScreenModel {
  const unseen = createUnseenText();
  let jobs: Job[] = [];
  let backlog = 0;
  let running = false;
  let disposed = false;
  let emulator: Emulator | undefined;
  let scrollsWhole = true;
  let current = size;

  function getEmulator(): Emulator {
    emulator ??= openEmulator(current);
    return emulator;
  }

  async function parseAll(list: Uint8Array[]): Promise<void> {
    for (const data of list) {
      for (const piece of bytePieces(data, current)) {
        if (disposed) return;
        scrollsWhole = await getEmulator().parse(piece);
      }
    }
  }

  async function doJob(job: Job): Promise<void> {
    switch (job.kind) {
      case 'bytes': {
        getEmulator();
        await parseAll(unseen.push(job.data));
        if (scrollsWhole) unseen.skip(keptLines(current.rows, SCREEN_SCROLLBACK_LINES));
        if (unseen.isFull()) await parseAll(unseen.flush());
        backlog -= job.data.byteLength;
        return;
      }
      case 'size':
        await parseAll(unseen.flush());
        current = job.size;
        if (emulator !== undefined) scrollsWhole = await emulator.resize(current);
        return;
      case 'serialize':
        await parseAll(unseen.flush());
        if (!disposed) job.done(await getEmulator().serialize());
        return;
    }
  }

  function failAll(fault: ScreenFault, first: Job): void {
    const left = [first, ...jobs];
    jobs = [];
    backlog = 0;
    for (const job of left) if (job.kind === 'serialize') job.fail(fault);
    onFault(fault);
  }

  async function run(): Promise<void> {
    running = true;
    for (let job = jobs.shift(); job !== undefined && !disposed; job = jobs.shift()) {
      try {
        await doJob(job);
      } catch (fault) {
        if (!disposed) failAll(fault as ScreenFault, job);
      }
    }
    running = false;
    if (!disposed) onDrained();
  }

  function add(job: Job): void {
    jobs.push(job);
    if (!running) void run();
  }

  return {
    feed(data) {
      backlog += data.byteLength;
      add({ kind: 'bytes', data });
    },
    resize: (next) => add({ kind: 'size', size: next }),
    serialize: () => new Promise((done, fail) => add({ kind: 'serialize', done, fail })),
    backlog: () => backlog,
    dispose() {
      disposed = true;
      jobs = [];
      emulator?.dispose();
      emulator = undefined;
    },
  };
}
