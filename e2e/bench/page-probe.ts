/** What is measured inside the workbench: keys to drawn characters, frames, floods against feeding xterm directly, and the page's heap. */
import type { QuietPage } from './quiet-page.ts';

/** The page fits its terminal to a new size of the window within this time (ms). */
const SETTLE_MS = 400;

/** In the page, before its own code: notes when frames of the terminal socket go and come, and counts their bytes. */
function noteFrames(): void {
  const OUTPUT = 3;
  const INPUT = 1;
  const notes = {
    sentAt: 0,
    echoes: [] as number[],
    outputBytes: 0,
    attachAt: 0,
    wanted: Infinity,
    onWanted: () => {},
  };
  Object.assign(window, { benchNotes: notes });
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      if (!String(url).endsWith('/terminal-socket')) return;
      this.addEventListener('message', ({ data }) => {
        if (typeof data === 'string') return;
        const bytes = new Uint8Array(data as ArrayBuffer);
        if (bytes[0] !== OUTPUT) return;
        // Kind, length and text of the id, offset.
        notes.outputBytes += bytes.length - (2 + (bytes[1] ?? 0) + 8);
        if (notes.outputBytes >= notes.wanted) {
          notes.wanted = Infinity;
          // After the page's own listener has handed them to the screen.
          setTimeout(notes.onWanted);
        }
        if (notes.sentAt > 0) notes.echoes.push(performance.now() - notes.sentAt);
        notes.sentAt = 0;
      });
    }

    override send(data: string | ArrayBufferLike | Blob | ArrayBufferView<ArrayBufferLike>): void {
      if (typeof data === 'string' && data.includes('"terminal:attach"')) notes.attachAt = performance.now();
      if (data instanceof Uint8Array && data[0] === INPUT) notes.sentAt = performance.now();
      super.send(data as string);
    }
  };
}

interface BenchWindow extends Window {
  benchNotes: {
    sentAt: number;
    echoes: number[];
    outputBytes: number;
    attachAt: number;
    wanted: number;
    onWanted(): void;
  };
  benchSeen: Promise<number>;
  benchPieces: Uint8Array[];
  bench: {
    cols: number;
    rows: number;
    write(data: Uint8Array, done: () => void): void;
    text(): string;
  };
}

/** In the page: finds the xterm instance of the shown terminal through React's own tree. */
function findTerminal(): boolean {
  const shown = [...document.querySelectorAll<HTMLElement>('.terminal-host')].find((host) => host.clientWidth > 0);
  type Fiber = { return?: Fiber; memoizedProps?: { value?: { views?: { peek(id: string): unknown } } } };
  const start = shown?.parentElement as unknown as Record<string, Fiber> | null | undefined;
  if (!start) return false;
  const key = Object.keys(start).find((name) => name.startsWith('__reactFiber$'));
  let fiber = key === undefined ? undefined : start[key];
  while (fiber && fiber.memoizedProps?.value?.views === undefined) fiber = fiber.return;
  // biome-ignore lint/suspicious/noExplicitAny: the page's own objects, reached from outside.
  const workbench = fiber?.memoizedProps?.value as any;
  const id = workbench?.workspace.getState().activeId;
  const terminal = workbench?.views.peek(id)?.terminal;
  if (terminal === undefined) return false;
  Object.assign(window, {
    bench: {
      get cols() {
        return terminal.cols;
      },
      get rows() {
        return terminal.rows;
      },
      write: (data: Uint8Array, done: () => void) => terminal.write(data, done),
      text: () => shown?.querySelector('.xterm-rows')?.textContent ?? '',
    },
  });
  return true;
}

export interface PageProbe {
  /** Gets hold of the terminal that is shown now. */
  hold(): Promise<void>;
  /** Sets the window so that the terminal has this size. */
  resize(cols: number, rows: number): Promise<void>;
  /** Presses a key; milliseconds from the page's keydown to `text` in the drawn rows. */
  press(key: string, text: string): Promise<number>;
  /** Milliseconds from frames with typing to the next frame with output, since the last call. */
  frameEchoes(): Promise<number[]>;
  /** Waits until the drawn rows hold what `pattern` matches. */
  sees(pattern: RegExp): Promise<void>;
  /** Bytes of output that came. */
  outputBytes(): Promise<number>;
  /** Presses Enter and gives milliseconds until `bytes` more of output have come and are drawn; nothing is looked at meanwhile. */
  timeToDraw(bytes: number): Promise<number>;
  /** Makes the bytes of the numbers from 1 to `lines`, as a terminal writes them. */
  prepareDirect(lines: number): Promise<void>;
  /** Feeds them to xterm directly; milliseconds until all is drawn. */
  feedDirectly(): Promise<number>;
  /** Presses `key` and gives milliseconds until the drawn rows match `pattern`, by the page's own clock. */
  timeToSee(press: () => Promise<void>, pattern: RegExp): Promise<number>;
  /** Milliseconds from the attach of this page load to drawn rows with `pattern`; to be called right after a reload. */
  attachToDrawn(pattern: RegExp): Promise<number>;
  /** Processor seconds of the page's main thread so far: what a busy machine cannot stretch. */
  cpuSeconds(): Promise<number>;
  /** Bytes of the heap that are in use after garbage is collected. */
  heap(): Promise<number>;
}

/** Prepares a page that has not been opened yet. */
export async function createPageProbe(page: QuietPage): Promise<PageProbe> {
  await page.addInitScript(noteFrames);
  await page.send('Performance.enable', { timeDomain: 'threadTicks' });

  /** Begins to look, in the page, for drawn rows that match; `benchSeen` is when they did, since the keydown or the attach. */
  const watch = ({ source, since }: { source: string; since: 'now' | 'keydown' | 'attach' }) => {
    const target = window as unknown as BenchWindow;
    const pattern = new RegExp(source);
    const text = () => target.bench?.text() ?? document.querySelector('.xterm-rows')?.textContent ?? '';
    target.benchSeen = new Promise<number>((resolve) => {
      let began = since === 'now' ? performance.now() : 0;
      const look = () => {
        if (since === 'attach') began = target.benchNotes.attachAt;
        if (began === 0 || !pattern.test(text())) return;
        observer.disconnect();
        resolve(performance.now() - began);
      };
      const observer = new MutationObserver(look);
      observer.observe(document.documentElement, { subtree: true, childList: true, characterData: true });
      const onKey = () => {
        began ||= performance.now();
      };
      if (since === 'keydown') window.addEventListener('keydown', onKey, { capture: true, once: true });
      else look();
    });
  };
  const seen = () => page.evaluate(() => (window as unknown as BenchWindow).benchSeen);

  async function timeToSee(act: () => Promise<void>, pattern: RegExp): Promise<number> {
    await page.evaluate(watch, { source: pattern.source, since: 'keydown' as const });
    await act();
    return seen();
  }

  const probe: PageProbe = {
    async hold() {
      await page.waitFor(findTerminal);
    },
    async resize(cols, rows) {
      let size = { cols: 0, rows: 0, width: 0, height: 0 };
      for (let tries = 0; tries < 12; tries += 1) {
        size = await page.evaluate(() => {
          const { bench } = window as unknown as BenchWindow;
          const rowsElement = [...document.querySelectorAll('.xterm-screen')].find(
            (element) => element.clientWidth > 0,
          );
          const box = rowsElement?.getBoundingClientRect();
          return { cols: bench.cols, rows: bench.rows, width: box?.width ?? 0, height: box?.height ?? 0 };
        });
        if (size.cols === cols && size.rows === rows) return;
        const now = page.size();
        await page.resize({
          width: Math.round(now.width + (cols - size.cols) * (size.width / size.cols)),
          height: Math.round(now.height + (rows - size.rows) * (size.height / size.rows)),
        });
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      }
      throw new Error(`the terminal does not become ${cols} x ${rows}: ${JSON.stringify(size)}`);
    },
    press: (key, text) => timeToSee(() => page.press(key), new RegExp(text)),
    frameEchoes: () => page.evaluate(() => (window as unknown as BenchWindow).benchNotes.echoes.splice(0)),
    async sees(pattern) {
      await page.evaluate(watch, { source: pattern.source, since: 'now' as const });
      await seen();
    },
    outputBytes: () => page.evaluate(() => (window as unknown as BenchWindow).benchNotes.outputBytes),
    async timeToDraw(bytes) {
      await page.evaluate((count) => {
        const target = window as unknown as BenchWindow;
        target.benchSeen = new Promise<number>((resolve) => {
          let began = 0;
          const onKey = () => {
            began = performance.now();
          };
          window.addEventListener('keydown', onKey, { capture: true, once: true });
          target.benchNotes.onWanted = () =>
            target.bench.write(new Uint8Array(0), () => resolve(performance.now() - began));
          target.benchNotes.wanted = target.benchNotes.outputBytes + count;
        });
      }, bytes);
      await page.press('\r');
      return seen();
    },
    prepareDirect: (lines) =>
      page.evaluate((count) => {
        const PIECE = 32 * 1024;
        const encoder = new TextEncoder();
        const pieces: Uint8Array[] = [];
        let text = '';
        for (let line = 1; line <= count; line += 1) {
          text += `${line}\r\n`;
          if (text.length < PIECE && line < count) continue;
          pieces.push(encoder.encode(text));
          text = '';
        }
        (window as unknown as BenchWindow).benchPieces = pieces;
      }, lines),
    feedDirectly: () =>
      page.evaluate(async () => {
        const { bench, benchPieces: pieces } = window as unknown as BenchWindow;
        const UNDERWAY = 256 * 1024;
        const began = performance.now();
        await new Promise<void>((done) => {
          let next = 0;
          let underway = 0;
          const feed = () => {
            for (let piece = pieces[next]; piece !== undefined && underway < UNDERWAY; piece = pieces[next]) {
              const { length } = piece;
              underway += length;
              next += 1;
              bench.write(piece, () => {
                underway -= length;
                if (next === pieces.length && underway === 0) done();
                else feed();
              });
            }
          };
          feed();
        });
        (window as unknown as BenchWindow).benchPieces = [];
        return performance.now() - began;
      }),
    timeToSee,
    async attachToDrawn(pattern) {
      await page.evaluate(watch, { source: pattern.source, since: 'attach' as const });
      return seen();
    },
    async cpuSeconds() {
      const { metrics } = await page.send('Performance.getMetrics');
      return (
        (metrics as { name: string; value: number }[]).find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
      );
    },
    async heap() {
      for (let round = 0; round < 2; round += 1) await page.send('HeapProfiler.collectGarbage');
      return ((await page.send('Runtime.getHeapUsage')) as { usedSize: number }).usedSize;
    },
  };
  return probe;
}
