/** The operator's page: what there is, and the few things to do about it. */
import type { Metadata } from 'next';
import { OperatorRoot } from '../../components/operator/operator-root.tsx';
import { operator } from '../../strings/operator.ts';

export const metadata: Metadata = { title: operator.title, robots: { index: false, follow: false } };

export default function OperatorPage() {
  return <OperatorRoot />;
}
