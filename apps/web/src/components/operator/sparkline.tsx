/** A figure now, and a small line of how it was; the line says nothing that the words do not. */
import { operator as text } from '../../strings/operator.ts';

const WIDTH = 120;
const HEIGHT = 28;

/** Points of an SVG line over the values, the newest at the right edge. */
export function linePoints(values: readonly number[], width = WIDTH, height = HEIGHT): string {
  const most = Math.max(1, ...values);
  const step = values.length < 2 ? 0 : width / (values.length - 1);
  // One unit above and below, so that the line's own width is not cut.
  return values
    .map((value, at) => `${(at * step).toFixed(1)},${(height - 1 - (value / most) * (height - 2)).toFixed(1)}`)
    .join(' ');
}

export function Sparkline({ label, now, values }: { label: string; now: string; values: readonly number[] }) {
  return (
    <div className="rounded-lg border border-line bg-surface p-3">
      <dt className="text-[13px] text-ink-3">{label}</dt>
      <dd>
        <span className="mt-0.5 block font-[640] text-xl tabular-nums">{now}</span>
        {values.length > 1 && (
          <svg
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            className="mt-2 h-7 w-full text-accent"
            preserveAspectRatio="none"
            role="img"
            aria-label={`${label} ${text.overview.lastHour}`}
          >
            <polyline
              points={linePoints(values)}
              fill="none"
              stroke="currentColor"
              strokeWidth="1.5"
              vectorEffect="non-scaling-stroke"
            />
          </svg>
        )}
      </dd>
    </div>
  );
}
