/** What a node has, how much of it is used, and what its host cannot do. */
'use client';

import type { HostFeatures, NodeView } from '@drydock/protocol';
import { strings } from '../../strings.ts';
import { formatBytes } from '../../workbench/base/format.ts';
import { featuresText } from '../../workbench/base/host-features.ts';
import { useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { Modal } from '../ui/dialog.tsx';

const text = strings.nodes.limits;
const BITS_PER_MEGABIT = 1_000_000;
const formatCount = (count: number) => count.toLocaleString('en');

/** Rows of name and value; bounds that the host does not tell are left out. */
function rowsOf({ limits, usage }: NodeView, bounds: HostFeatures['bounds']): [string, string][] {
  const of = (used: string | undefined, limit: string) => (used === undefined ? limit : text.usedOf(used, limit));
  const rows: [string, string][] = [
    [text.cpus, String(limits.cpus)],
    [text.memory, of(usage ? formatBytes(usage.memoryBytes) : undefined, formatBytes(limits.memoryBytes))],
    [text.disk, of(usage ? formatBytes(usage.diskBytes) : undefined, formatBytes(limits.diskBytes))],
    [text.pids, of(usage ? formatCount(usage.pids) : undefined, formatCount(limits.pids))],
  ];
  if (bounds === undefined) return rows;
  const connections = text.connectionsValue(formatCount(bounds.connections), formatCount(bounds.connectionsPerSecond));
  return [
    ...rows,
    [text.inodes, formatCount(Math.floor(limits.diskBytes / bounds.bytesPerInode))],
    [text.files, formatCount(bounds.files)],
    [text.connections, connections],
    [text.bandwidth, text.bandwidthValue(formatCount(Math.round(bounds.bitsPerSecond / BITS_PER_MEGABIT)))],
  ];
}

export function NodeDetailsDialog({ node: name, onClose }: { node: string; onClose: () => void }) {
  const { session } = useWorkbenchData();
  const node = session.nodes.find((candidate) => candidate.name === name);
  if (!node) return null;
  const { features } = session;
  return (
    <Modal title={strings.nodes.detailsOf(name)} onClose={onClose}>
      <h3 className="font-[620] text-sm">{text.title}</h3>
      <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm">
        {rowsOf(node, features?.bounds).map(([label, value]) => (
          <div key={label} className="col-span-2 grid grid-cols-subgrid">
            <dt className="text-ink-2">{label}</dt>
            <dd className="text-right tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      {features && (
        <>
          <h3 className="mt-5 font-[620] text-sm">{strings.nodes.features.title}</h3>
          <ul className="mt-2 list-disc space-y-1 pl-5 text-ink-2 text-sm">
            {featuresText(features).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
    </Modal>
  );
}
