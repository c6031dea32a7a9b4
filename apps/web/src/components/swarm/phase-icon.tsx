/** The sign of a task's phase: a shape of its own for each, so that colour is never alone. */
import { CircleArrowDown, CircleCheckBig, CircleDashed, CircleX, Hourglass, LoaderCircle } from 'lucide-react';
import type { Phase } from '../../workbench/swarm/map.ts';
import { cn } from '../ui/cn.ts';

const SIGNS = {
  waiting: { Icon: Hourglass, tone: 'text-warn' },
  starting: { Icon: LoaderCircle, tone: 'text-accent' },
  running: { Icon: CircleCheckBig, tone: 'text-ok' },
  stopping: { Icon: CircleArrowDown, tone: 'text-ink-3' },
  done: { Icon: CircleDashed, tone: 'text-ink-3' },
  failed: { Icon: CircleX, tone: 'text-danger' },
} as const;

interface PhaseIconProps {
  phase: Phase;
  /** CSS px. */
  size?: number;
  /** Does not turn, where nothing is under way. */
  still?: boolean;
}

export function PhaseIcon({ phase, size = 14, still = false }: PhaseIconProps) {
  const { Icon, tone } = SIGNS[phase];
  const turns = phase === 'starting' && !still;
  return <Icon size={size} className={cn('shrink-0', tone, turns && 'motion-safe:animate-spin')} aria-hidden="true" />;
}
