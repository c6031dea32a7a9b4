/** Samples in, figures of `npm run bench` out. */

/** One figure; the form is that of e2e/bench. */
export type Figure = { unit: string; n: number } & ({ value: number } | { p50: number; p95: number; p99: number });
export type Figures = Record<string, Figure>;

const round = (value: number) => Number(value.toPrecision(4));

/** Quantiles of samples by the nearest-rank method. */
export function quantiles(unit: string, samples: readonly number[]): Figure {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (q: number) => round(sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN);
  return { unit, n: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** A figure that is one value. */
export function value(unit: string, amount: number, n = 1): Figure {
  return { unit, n, value: round(amount) };
}
