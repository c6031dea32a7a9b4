/** The start page: what this is, Start, templates, and the way back to recent sessions. */
import { DockDrawing } from '../components/start/dock-drawing.tsx';
import { Facts } from '../components/start/facts.tsx';
import { StartPanel } from '../components/start/start-panel.tsx';
import { Wordmark } from '../components/ui/logo.tsx';
import { ThemeSwitch } from '../components/ui/theme-switch.tsx';
import { basePath } from '../env.ts';
import { strings } from '../strings.ts';

export default function StartPage() {
  return (
    <div className="mx-auto flex min-h-dvh max-w-[1280px] flex-col px-5 sm:px-10">
      <header className="flex h-16 items-center justify-between">
        <Wordmark />
        <div className="flex items-center gap-5">
          <a href={`${basePath}/labs`} className="text-ink-2 text-sm underline-offset-4 hover:text-ink hover:underline">
            {strings.labs.title}
          </a>
          <a
            href={`${basePath}/library`}
            className="text-ink-2 text-sm underline-offset-4 hover:text-ink hover:underline"
          >
            {strings.library.link}
          </a>
          <ThemeSwitch />
        </div>
      </header>
      <main className="grid flex-1 items-center gap-x-12 gap-y-10 py-6 lg:grid-cols-[minmax(0,29.5rem)_1fr] xl:gap-x-16 xl:grid-cols-[minmax(0,31rem)_1fr]">
        <div>
          <h1 className="lettering text-balance text-[clamp(2.3rem,4.6vw,3.6rem)] leading-[1.04]">
            {strings.landing.headline}
          </h1>
          <p className="mt-5 mb-8 max-w-[34rem] text-pretty text-[17px] text-ink-2">{strings.landing.lead}</p>
          <StartPanel />
        </div>
        <DockDrawing className="w-full max-w-[680px] justify-self-center lg:justify-self-end" />
      </main>
      <footer className="pb-7">
        <Facts />
      </footer>
    </div>
  );
}
