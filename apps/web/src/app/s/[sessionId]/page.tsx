/** The workbench of one session. */
import type { SessionId } from '@drydock/protocol';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { WorkbenchLoader } from '../../../components/frames/workbench-loader.tsx';
import { strings } from '../../../strings.ts';

/** The form of session ids (protocol `sessionIdSchema`); anything else was never a session. */
const SESSION_ID = /^[a-z2-7]{8}$/;

interface SessionPageProps {
  params: Promise<{ sessionId: SessionId }>;
}

export async function generateMetadata({ params }: SessionPageProps): Promise<Metadata> {
  const { sessionId } = await params;
  return { title: strings.workbench.untitled(sessionId), robots: { index: false, follow: false } };
}

export default async function WorkbenchPage({ params }: SessionPageProps) {
  const { sessionId } = await params;
  if (!SESSION_ID.test(sessionId)) notFound();
  return <WorkbenchLoader sessionId={sessionId} />;
}
