/** What the image library holds: the images that nodes can pull when there is no internet. */
import type { Metadata } from 'next';
import { ImageList } from '../../components/library/image-list.tsx';
import { TextPage } from '../../components/ui/text-page.tsx';
import { strings } from '../../strings.ts';

const text = strings.library;

export const metadata: Metadata = { title: text.title };

export default function LibraryPage() {
  return (
    <TextPage>
      <h1 className="lettering text-[clamp(2rem,3.6vw,2.8rem)] leading-tight">{text.title}</h1>
      <p className="mt-3 mb-8 max-w-[42rem] text-pretty text-ink-2">{text.lead}</p>
      <ImageList />
      <h2 className="mt-10 font-[640] text-lg">{text.ownTitle}</h2>
      <p className="mt-2 mb-3 max-w-[42rem] text-ink-2">{text.ownLead}</p>
      <pre className="whitespace-pre-wrap break-words rounded-md bg-sunken p-4 font-mono text-[13px] leading-6">
        {text.ownCommands}
      </pre>
    </TextPage>
  );
}
