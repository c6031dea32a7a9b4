/** One thing said in the middle of a frame, which may be small: a title, a sentence, and what can be done. */
import type { ReactNode } from 'react';
import { LogoMark } from '../ui/logo.tsx';

interface EmbedCardProps {
  title: string;
  text?: ReactNode;
  /** The mark moves while something is under way. */
  isBusy?: boolean;
  role?: 'status' | 'alert';
  children?: ReactNode;
}

export function EmbedCard({ title, text, isBusy = false, role, children }: EmbedCardProps) {
  return (
    <main className="grid h-dvh place-items-center overflow-y-auto bg-bg p-4">
      <div role={role} className="flex max-w-md flex-col items-center gap-2 text-center">
        <span className={isBusy ? 'motion-safe:animate-pulse' : undefined}>
          <LogoMark size={44} />
        </span>
        <h1 className="lettering mt-1 text-xl leading-tight">{title}</h1>
        {text !== undefined && <p className="text-ink-2 text-sm">{text}</p>}
        {children !== undefined && <div className="mt-3 flex flex-wrap justify-center gap-3">{children}</div>}
      </div>
    </main>
  );
}
