/** What can be kept of a session before it ends: files of each node, every shell's history, and what happened. */
'use client';

import { Download, FolderArchive, History, ScrollText } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { strings } from '../../strings.ts';
import { downloadText } from '../../workbench/files/take-home.ts';
import { HOME } from '../../workbench/files/tree.ts';
import { reportOf } from '../../workbench/session/timeline-text.ts';
import { useValue, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/dialog.tsx';

const text = strings.takeHome;

interface RowProps {
  icon: ReactNode;
  title: string;
  hint: string;
  label: string;
  busy?: boolean;
  disabled?: boolean;
  onPress: () => void;
}

function Row({ icon, title, hint, label, busy = false, disabled = false, onPress }: RowProps) {
  return (
    <li className="flex items-center gap-3.5 border-line border-t py-3">
      <span className="text-ink-3" aria-hidden="true">
        {icon}
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate font-[600] text-[15px]">{title}</p>
        <p className="text-[13px] text-ink-3">{hint}</p>
      </div>
      <Button size="sm" aria-label={label} disabled={busy || disabled} onClick={onPress}>
        <Download size={15} aria-hidden="true" />
        {busy ? text.reading : text.download}
      </Button>
    </li>
  );
}

export function TakeHomeDialog({ onClose }: { onClose: () => void }) {
  const { files, timeline, sessionId } = useWorkbench();
  const { session } = useWorkbenchData();
  const { entries, loaded } = useValue(timeline);
  const [busy, setBusy] = useState(false);
  useEffect(() => timeline.want(), [timeline]);
  const running = session.nodes.filter(({ state }) => state === 'running');
  const histories = async () => {
    setBusy(true);
    await files.downloadHistories(running.map(({ name }) => name));
    setBusy(false);
  };
  return (
    <Modal title={text.title} text={text.text} onClose={onClose} className="max-w-lg">
      <ul className="border-line border-b">
        {running.map(({ name }) => (
          <Row
            key={name}
            icon={<FolderArchive size={19} />}
            title={text.home(name)}
            hint={text.homeHint}
            label={strings.files.homeTarOf(name)}
            onPress={() => void files.download(name, HOME, `${name}-root.tar`)}
          />
        ))}
        <Row
          icon={<ScrollText size={19} />}
          title={text.histories}
          hint={text.historiesHint}
          label={text.historiesLabel}
          busy={busy}
          disabled={running.length === 0}
          onPress={() => void histories()}
        />
        <Row
          icon={<History size={19} />}
          title={text.timeline}
          hint={text.timelineHint}
          label={text.timelineLabel}
          disabled={!loaded || entries.length === 0}
          onPress={() => downloadText(reportOf(sessionId, entries), text.timelineName(sessionId))}
        />
      </ul>
      <p className="mt-3 text-[13px] text-ink-3">{text.more}</p>
    </Modal>
  );
}
