/** A small bar for a share of a limit; it warns by colour above 85 % and says its value in words, as a tooltip and to screen readers. */
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
      className="py-[2px]"
    >
      <span className="block h-[4px] overflow-hidden rounded-full bg-ink/12">
        <span
          className={cn('block h-full rounded-full', percent >= 85 ? 'bg-danger' : 'bg-accent')}
          style={{ width: `${percent}%` }}
        />
      </span>
    </div>
  );
}
