/** What a port answers, in a frame beside the terminal: the page lies on the port's own origin and can reach nothing of ours. */
'use client';

import { ExternalLink, LoaderCircle, RotateCw } from 'lucide-react';
import { type SubmitEvent, useEffect, useRef, useState } from 'react';
import { strings } from '../../strings.ts';
import { portUrl } from '../../workbench/base/port-url.ts';
import { useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import type { TabOf } from '../../workbench/workspace/panels.ts';
import { IconButton } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';
import { CopyIcon } from '../ui/copy-button.tsx';

const text = strings.ports.preview;

/** Everything but leading the whole page elsewhere. */
const SANDBOX = 'allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads';

/** The port's address; where the server has told none, the form of its neighbours. */
function usePortBase(node: string, port: number): { base: string; isListening: boolean } {
  const { sessionId } = useWorkbench();
  const { ports } = useWorkbenchData();
  const seen = ports[node]?.find((other) => other.port === port && other.protocol === 'tcp');
  const known = seen?.url ?? ports[node]?.find(({ protocol }) => protocol === 'tcp')?.url;
  const [base] = useState(() => portUrl(port, node, sessionId, known, new URL(window.location.href)));
  return { base, isListening: seen !== undefined };
}

/** A frame takes the focus without an event of ours: the window loses it to the element. */
function useActiveByFocus(id: string) {
  const { workspace } = useWorkbench();
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const look = () => {
      if (document.activeElement === frame.current && frame.current !== null) workspace.focused(id);
    };
    const later = () => void setTimeout(look);
    window.addEventListener('blur', later);
    return () => window.removeEventListener('blur', later);
  }, [workspace, id]);
  return frame;
}

export function PreviewPane({ tab }: { tab: TabOf<'preview'> }) {
  const { id } = tab;
  const { node, port } = tab.data;
  const { actions, workspace } = useWorkbench();
  const { base, isListening } = usePortBase(node, port);
  const [path, setPath] = useState('/');
  /** What the frame shows; `turn` counts loads, so that the same address loads anew. Null until the cookie of this tab's link is set. */
  const [shown, setShown] = useState<{ url: string; turn: number } | null>(null);
  const [loading, setLoading] = useState(true);
  const frame = useActiveByFocus(id);
  const address = new URL(base);
  const ours = address.origin === window.location.origin;

  const load = (url: string) => {
    setLoading(true);
    setShown((before) => ({ url, turn: (before?.turn ?? 0) + 1 }));
  };
  // A frame speaks by the cookie, which may be missing, or that of a weaker link.
  useEffect(() => {
    let wanted = true;
    void actions.renewCookie().then(() => wanted && setShown({ url: base, turn: 0 }));
    return () => {
      wanted = false;
    };
  }, [actions, base]);
  // A page that came up after its first answer was refused is worth another look.
  const wasListening = useRef(isListening);
  useEffect(() => {
    if (isListening && !wasListening.current) setShown((before) => before && { ...before, turn: before.turn + 1 });
    wasListening.current = isListening;
  }, [isListening]);

  const go = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = path.trim().replace(/^\/+/, '');
    setPath(`/${wanted}`);
    load(new URL(wanted, base).href);
  };
  return (
    <section
      aria-label={strings.ports.previewPort(port, node)}
      className="absolute inset-0 flex flex-col bg-surface"
      onFocusCapture={() => workspace.focused(id)}
    >
      <form onSubmit={go} className="flex h-11 shrink-0 items-center gap-1 border-line border-b px-2">
        <IconButton label={text.reload} onClick={() => load(shown?.url ?? base)}>
          {loading ? (
            <LoaderCircle size={16} className="motion-safe:animate-spin" aria-hidden="true" />
          ) : (
            <RotateCw size={15} aria-hidden="true" />
          )}
        </IconButton>
        <label
          title={address.href}
          className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md border border-line bg-sunken px-2.5 font-mono text-[13px] focus-within:border-accent coarse:h-10"
        >
          <span
            role="img"
            aria-label={isListening ? text.listening : text.silent}
            title={isListening ? text.listening : text.silent}
            className={cn('size-2 shrink-0 rounded-full', isListening ? 'bg-ok' : 'bg-warn')}
          />
          <span className="max-w-[45%] shrink-0 truncate text-ink-3">{text.tab(port, node)}</span>
          <input
            aria-label={text.path(port, node)}
            value={path}
            onChange={(event) => setPath(event.target.value)}
            spellCheck={false}
            autoCapitalize="none"
            autoComplete="off"
            className="w-full min-w-0 bg-transparent text-ink outline-none"
          />
        </label>
        <CopyIcon text={shown?.url ?? base} label={strings.ports.copyLink} />
        <a
          href={shown?.url ?? base}
          target="_blank"
          rel="noopener"
          aria-label={strings.ports.newTab}
          title={strings.ports.newTab}
          className="inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-2 hover:bg-ink/8 hover:text-ink coarse:size-11"
        >
          <ExternalLink size={15} aria-hidden="true" />
        </a>
      </form>
      <p role="status" className="sr-only">
        {loading ? text.loading : ''}
      </p>
      {shown !== null && (
        <iframe
          key={shown.turn}
          ref={frame}
          src={shown.url}
          title={text.frame(port, node)}
          sandbox={ours ? SANDBOX : `${SANDBOX} allow-same-origin`}
          allow="clipboard-write; fullscreen"
          referrerPolicy="no-referrer"
          onLoad={() => setLoading(false)}
          className="min-h-0 w-full flex-1 border-0 bg-white"
        />
      )}
    </section>
  );
}
