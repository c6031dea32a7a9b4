/** The frame on pages of other sites. What it shows is in its address; who may show it, and where, is said by the headers. */
import type { Metadata } from 'next';
import { EmbedLoader } from '../../components/embed/embed-loader.tsx';

export const metadata: Metadata = { robots: { index: false, follow: false } };

export default function EmbedPage() {
  return <EmbedLoader />;
}
