/** A part of the page that scrolls by itself: named, and reachable by keys, since what scrolls must be. */
import type { ReactNode } from 'react';
import { cn } from './cn.ts';

interface ScrollRegionProps {
  label: string;
  className?: string;
  children: ReactNode;
}

export function ScrollRegion({ label, className, children }: ScrollRegionProps) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll what has the focus.
      tabIndex={0}
      className={cn('scroll-quiet focus-visible:-outline-offset-2', className)}
    >
      {children}
    </section>
  );
}
