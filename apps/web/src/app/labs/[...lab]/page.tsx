/** A lab before it is started: what one does in it, with how many nodes, and whose it is. */
import type { ReaderLab } from '@drydock/lab';
import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { notFound } from 'next/navigation';
import { Prose, type ProseParts } from '../../../components/lab/prose.tsx';
import { fetchLab } from '../../../components/labs/fetch-labs.ts';
import { factsOf } from '../../../components/labs/lab-facts.ts';
import { StartLab } from '../../../components/labs/start-lab.tsx';
import { TextPage } from '../../../components/ui/text-page.tsx';
import { basePath } from '../../../env.ts';
import { strings } from '../../../strings.ts';

const text = strings.labs;

interface LabPageProps {
  params: Promise<{ lab: string[] }>;
}

const idOf = async ({ params }: LabPageProps) => (await params).lab.map(decodeURIComponent).join('/');

/** Where a site that is given this page's address learns how to show the lab (https://oembed.com, section 4). */
async function oembedAddress({ params }: LabPageProps): Promise<string> {
  const asked = await headers();
  const base = `${asked.get('x-forwarded-proto') ?? 'http'}://${asked.get('x-forwarded-host') ?? ''}${basePath}`;
  const page = `${base}/labs/${(await params).lab.join('/')}`;
  return `${base}/oembed?${new URLSearchParams({ url: page })}`;
}

export async function generateMetadata(props: LabPageProps): Promise<Metadata> {
  const found = await fetchLab(await idOf(props)).catch(() => null);
  if (found === null) return { title: text.title };
  const { title, summary } = found.entry;
  return {
    title,
    description: summary,
    alternates: { types: { 'application/json+oembed': [{ url: await oembedAddress(props), title }] } },
  };
}

export default async function LabPage(props: LabPageProps) {
  const found = await fetchLab(await idOf(props)).catch(() => undefined);
  if (found === null) notFound();
  if (found === undefined) {
    return (
      <TextPage>
        <p role="alert">{text.failed}</p>
      </TextPage>
    );
  }
  const { entry } = found;
  const lab = found.lab as unknown as ReaderLab;
  // Nothing can be opened before the lab runs.
  const parts: ProseParts = {
    version: entry.version,
    port: (_node, _port, _path, children) => children,
    file: (_node, _path, children) => children,
  };
  return (
    <TextPage>
      <p className="mb-3">
        <a href={`${basePath}/labs`} className="text-ink-2 text-sm underline underline-offset-4">
          {text.otherLabs}
        </a>
      </p>
      <article lang={entry.lang}>
        <h1 className="lettering text-[clamp(2rem,3.6vw,2.8rem)] leading-tight">{entry.title}</h1>
        <p className="mt-3 max-w-[42rem] text-pretty text-[17px] text-ink-2">{entry.summary}</p>
        <p className="mt-2 mb-6 text-ink-3 text-sm">{factsOf(entry)}</p>
        {entry.source === 'elsewhere' && <p className="mb-6 rounded-md bg-warn-soft px-4 py-3">{text.elsewhere}</p>}
        <StartLab lab={entry.id} />
        <div className="mt-8 max-w-[46rem] space-y-3 leading-relaxed">
          {lab.intro.map((block, index) =>
            block.kind === 'prose' ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: a text that does not change has no better name for its parts.
              <Prose key={index} nodes={block.nodes} parts={parts} />
            ) : null,
          )}
        </div>
        <h2 className="mt-8 mb-2 font-[640] text-lg">{text.whatYouDo}</h2>
        <ol className="list-decimal space-y-1 pl-6">
          {lab.steps.map((step) => (
            <li key={step.id}>{step.title}</li>
          ))}
        </ol>
      </article>
    </TextPage>
  );
}
