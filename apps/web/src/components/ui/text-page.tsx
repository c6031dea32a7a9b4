/** The frame of the catalogue's pages. */
import type { ReactNode } from 'react';
import { basePath } from '../../env.ts';
import { strings } from '../../strings.ts';
import { Wordmark } from '../ui/logo.tsx';
import { ThemeSwitch } from '../ui/theme-switch.tsx';

export function LabsShell({ children }: { children: ReactNode }) {
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
