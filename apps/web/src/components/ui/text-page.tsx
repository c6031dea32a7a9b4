/** The frame of pages that are read: the catalogue of labs, a lab, the image library. */
import type { ReactNode } from 'react';
import { basePath } from '../../env.ts';
import { strings } from '../../strings.ts';
import { Wordmark } from './logo.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

export function TextPage({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto min-h-dvh max-w-[1080px] px-5 pb-12 sm:px-10">
      <header className="flex h-16 items-center justify-between">
        <a href={`${basePath}/`} aria-label={strings.ended.home}>
          <Wordmark />
        </a>
        <ThemeSwitch />
      </header>
      <main className="pt-8">{children}</main>
    </div>
  );
}
