/** The catalogue of labs. */
import type { Metadata } from 'next';
import { fetchLabs } from '../../components/labs/fetch-labs.ts';
import { LabCatalogue } from '../../components/labs/lab-catalogue.tsx';
import { TextPage } from '../../components/ui/text-page.tsx';
import { strings } from '../../strings.ts';

const text = strings.labs;

export const metadata: Metadata = { title: text.title, description: text.lead };
export const dynamic = 'force-dynamic';

export default async function LabsPage() {
  const found = await fetchLabs().catch(() => null);
  return (
    <TextPage>
      <h1 className="lettering text-[clamp(2rem,3.6vw,2.8rem)] leading-tight">{text.title}</h1>
      <p className="mt-3 mb-8 max-w-[42rem] text-pretty text-ink-2">{text.lead}</p>
      {found === null ? <p role="alert">{text.failed}</p> : <LabCatalogue labs={found.labs} />}
    </TextPage>
  );
}
