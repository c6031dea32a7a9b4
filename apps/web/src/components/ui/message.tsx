/** A page that says one thing. */
import type { ReactNode } from 'react';
import { strings } from '../../strings.ts';
import { LogoMark } from './logo.tsx';

export function Message({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center px-6">
      <div className="max-w-md">
        <LogoMark size={52} />
        <h1 className="lettering mt-6 text-3xl leading-tight">{title}</h1>
        <p className="mt-3 mb-7 text-ink-2">{text}</p>
        <div className="flex flex-wrap items-center gap-5">
          {children}
          <a href="/" className="text-accent underline decoration-1 underline-offset-4 hover:decoration-2">
            {strings.ended.home}
          </a>
        </div>
      </div>
    </main>
  );
}
