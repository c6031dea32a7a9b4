/** Collects samples and turns them into the figures that `npm run bench -- --json` prints. */

export type Figure = { unit: string; n: number } & ({ value: number } | { p50: number; p95: number; p99: number });

export interface Figures {
  /** Adds one sample (in the figure's unit). */
  sample(name: string, unit: string, value: number): void;
  /** Sets a figure that is one value. */
  value(name: string, unit: string, value: number, n?: number): void;
  /** Takes figures over that a program of its own measured. */
  add(figures: Record<string, Figure>): void;
  result(): Record<string, Figure>;
}

/** The q-quantile (0 to 1) by the nearest-rank method. */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

const round = (value: number) => Number(value.toPrecision(4));

/** Builds an empty collection. */
export function createFigures(): Figures {
  const samples = new Map<string, { unit: string; values: number[] }>();
  const values: Record<string, Figure> = {};
  return {
    sample(name, unit, value) {
      const entry = samples.get(name) ?? { unit, values: [] };
      entry.values.push(value);
      samples.set(name, entry);
    },
    value(name, unit, value, n = 1) {
      values[name] = { unit, value: round(value), n };
    },
    add: (figures) => void Object.assign(values, figures),
    result() {
      const fromSamples = [...samples].map(([name, { unit, values: all }]): [string, Figure] => {
        const sorted = [...all].sort((a, b) => a - b);
        const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => round(quantile(sorted, q))) as [number, number, number];
        return [name, { unit, n: sorted.length, p50, p95, p99 }];
      });
      return { ...Object.fromEntries(fromSamples), ...values };
    },
  };
}

/** Runs `work` and gives how long it took (ms). */
export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}
