/** What the image library holds: the images that nodes can pull when there is no internet. */
import type { Metadata } from 'next';
import { ImageList } from '../../components/library/image-list.tsx';
import { Wordmark } from '../../components/ui/logo.tsx';
import { ThemeSwitch } from '../../components/ui/theme-switch.tsx';
import { basePath } from '../../env.ts';
import { strings } from '../../strings.ts';

const text = strings.library;

export const metadata: Metadata = { title: text.title };

export default function LibraryPage() {
  return (
    <div className="mx-auto min-h-dvh max-w-[1080px] px-5 pb-12 sm:px-10">
      <header className="flex h-16 items-center justify-between">
        <a href={`${basePath}/`} aria-label={strings.ended.home}>
          <Wordmark />
        </a>
        <ThemeSwitch />
      </header>
      <main className="pt-8">
        <h1 className="lettering text-[clamp(2rem,3.6vw,2.8rem)] leading-tight">{text.title}</h1>
        <p className="mt-3 mb-8 max-w-[42rem] text-pretty text-ink-2">{text.lead}</p>
        <ImageList />
        <h2 className="mt-10 font-[640] text-lg">{text.ownTitle}</h2>
        <p className="mt-2 mb-3 max-w-[42rem] text-ink-2">{text.ownLead}</p>
        <pre className="whitespace-pre-wrap break-words rounded-md bg-sunken p-4 font-mono text-[13px] leading-6">
          {text.ownCommands}
        </pre>
      </main>
    </div>
  );
}
