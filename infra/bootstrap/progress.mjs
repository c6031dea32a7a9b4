/** Shows running steps: one live line on a terminal, plain lines with signs of life in a log. */

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** How often the live line is drawn (ms). */
const FRAME_MS = 100;
/** How often a long step gives a sign of life in a log (ms). */
const LIFE_SIGN_MS = 15_000;
/** A step that took less is not worth a line (ms). */
const WORTH_A_LINE_MS = 1_000;

/**
 * @param {{write: (text: string) => void, isTTY: boolean, columns: () => number, now: () => number}} out
 */
export function createProgress(out) {
  /** @type {Map<string, {title: string, startedAt: number, lastLine: string, lastSign: number}>} */
  const running = new Map();
  let frame = 0;
  let liveLine = false;

  const erase = () => {
    if (liveLine) out.write('\r\x1b[2K');
    liveLine = false;
  };
  const draw = () => {
    if (running.size === 0) return;
    const parts = [...running.values()].map((step) => `${step.title} ${seconds(out.now() - step.startedAt, 0)}`);
    const [first] = running.values();
    const tail = running.size === 1 && first?.lastLine ? `  ${first.lastLine}` : '';
    frame = (frame + 1) % FRAMES.length;
    out.write(`\r\x1b[2K${`${FRAMES[frame]} ${parts.join(' · ')}${tail}`.slice(0, out.columns() - 1)}`);
    liveLine = true;
  };
  const giveLifeSigns = () => {
    for (const step of running.values()) {
      if (out.now() - step.lastSign < LIFE_SIGN_MS) continue;
      step.lastSign = out.now();
      const detail = step.lastLine === '' ? '' : `: ${step.lastLine}`;
      out.write(`  … ${step.title} (${seconds(out.now() - step.startedAt, 0)})${detail}\n`);
    }
  };
  const timer = setInterval(() => (out.isTTY ? draw() : giveLifeSigns()), out.isTTY ? FRAME_MS : 1_000);
  timer.unref();

  return {
    /**
     * @param {string} name
     * @param {string} title
     */
    started(name, title) {
      running.set(name, { title, startedAt: out.now(), lastLine: '', lastSign: out.now() });
      if (!out.isTTY) out.write(`  • ${title} ...\n`);
    },
    /**
     * What the step said last; shown beside it.
     * @param {string} name
     * @param {string} line
     */
    detail(name, line) {
      const step = running.get(name);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of other programs are taken off
      const plain = line.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').trim();
      if (step !== undefined && plain !== '') step.lastLine = plain.slice(0, 100);
    },
    /**
     * @param {string} name
     * @param {'done' | 'failed'} outcome
     */
    ended(name, outcome) {
      const step = running.get(name);
      if (step === undefined) return;
      running.delete(name);
      const took = out.now() - step.startedAt;
      erase();
      if (outcome === 'failed' || took >= WORTH_A_LINE_MS || !out.isTTY) {
        out.write(`  ${outcome === 'done' ? '✓' : '✗'} ${step.title} (${seconds(took, 1)})\n`);
      }
    },
    /** @param {string} text a line of its own, above the live line */
    say(text) {
      erase();
      out.write(`${text}\n`);
    },
    close() {
      clearInterval(timer);
      erase();
    },
  };
}

/** @typedef {ReturnType<typeof createProgress>} Progress */

/**
 * Progress on one of this process's streams.
 * @param {NodeJS.WriteStream} [stream]
 */
export function terminalProgress(stream = process.stdout) {
  return createProgress({
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    columns: () => stream.columns ?? 80,
    now: () => performance.now(),
  });
}

/**
 * @param {number} ms
 * @param {number} digits
 */
function seconds(ms, digits) {
  return `${(ms / 1000).toFixed(digits)} s`;
}
