/** A small bar for a share of a limit; it warns by colour above 85 % and says its value in words. */
import { cn } from './cn.ts';

interface MeterProps {
  label: string;
  /** 0 to 1. */
  share: number;
  /** The whole sentence for screen readers and the tooltip. */
  text: string;
}

export function Meter({ label, share, text }: MeterProps) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers do not let a meter element be styled.
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={text}
      title={text}
      className="min-w-0 flex-1"
    >
      <span className="flex justify-between text-[11.5px] text-ink-3 leading-tight">
        <span>{label}</span>
        <span className="tabular-nums">{percent}%</span>
      </span>
      <span className="mt-1 block h-[3px] overflow-hidden rounded-full bg-ink/12">
        <span
          className={cn('block h-full rounded-full', percent >= 85 ? 'bg-danger' : 'bg-accent')}
          style={{ width: `${percent}%` }}
        />
      </span>
    </div>
  );
}
