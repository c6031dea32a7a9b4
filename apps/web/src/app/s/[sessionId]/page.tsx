/** The lab page of one session. */
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { LabLoader } from '../../../components/workspace/lab-loader.tsx';
import { strings } from '../../../strings.ts';

/** The form of session ids (protocol `sessionIdSchema`); anything else was never a session. */
const SESSION_ID = /^[a-z2-7]{8}$/;

interface LabPageProps {
  params: Promise<{ sessionId: string }>;
}

export async function generateMetadata({ params }: LabPageProps): Promise<Metadata> {
  const { sessionId } = await params;
  return { title: strings.lab.untitled(sessionId), robots: { index: false, follow: false } };
}

export default async function LabPage({ params }: LabPageProps) {
  const { sessionId } = await params;
  if (!SESSION_ID.test(sessionId)) notFound();
  return <LabLoader sessionId={sessionId} />;
}
