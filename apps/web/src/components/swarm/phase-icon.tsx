/** The sign of a task's phase: a shape of its own for each, so that colour is never alone. */
import { CircleArrowDown, CircleCheckBig, CircleDashed, CircleX, Hourglass, LoaderCircle } from 'lucide-react';
import type { Phase } from '../../lab/swarm-map.ts';

const SIGNS = {
  waiting: { Icon: Hourglass, tone: 'text-warn' },
  starting: { Icon: LoaderCircle, tone: 'text-accent motion-safe:animate-spin' },
  running: { Icon: CircleCheckBig, tone: 'text-ok' },
  stopping: { Icon: CircleArrowDown, tone: 'text-ink-3' },
  done: { Icon: CircleDashed, tone: 'text-ink-3' },
  failed: { Icon: CircleX, tone: 'text-danger' },
} as const;

export function PhaseIcon({ phase, size = 14 }: { phase: Phase; size?: number }) {
  const { Icon, tone } = SIGNS[phase];
  return <Icon size={size} className={`shrink-0 ${tone}`} aria-hidden="true" />;
}
