/** A page that says one thing. */
import type { ReactNode } from 'react';
import { basePath } from '../../env.ts';
import { ended } from '../../strings/workbench.ts';
import { ButtonLink } from './button.tsx';
import { EmptyDock } from './empty-dock.tsx';

export function Message({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center px-6">
      <div className="flex max-w-md flex-col items-center text-center">
        <EmptyDock />
        <h1 className="lettering mt-8 text-3xl leading-tight">{title}</h1>
        <p className="mt-3 mb-7 text-ink-2">{text}</p>
        <div className="flex w-full flex-wrap items-center justify-center gap-5">
          {children}
          <ButtonLink kind={children === undefined ? 'primary' : 'plain'} href={`${basePath}/`}>
            {ended.home}
          </ButtonLink>
        </div>
      </div>
    </main>
  );
}
