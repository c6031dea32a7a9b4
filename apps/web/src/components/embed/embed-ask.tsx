/** What the page wants typed: asked for once, with the text in full; and what to do where something else has the terminal. */
'use client';

import { strings } from '../../strings.ts';
import { openPort } from '../../workbench/embed/open-port.ts';
import type { BusyChoice } from '../../workbench/lab/block-runner.ts';
import { useValue, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { useEmbed } from './embed-context.tsx';

const text = strings.embed;

const CHOICES: readonly (readonly [BusyChoice, string])[] = [
  ['interrupt', strings.labs.interrupt],
  ['new-terminal', strings.labs.newTerminal],
  ['type-anyway', strings.labs.typeAnyway],
];

const style = 'shrink-0 border-line border-t bg-raised px-3 py-2.5 text-sm shadow-float';

function AskToType() {
  const embed = useEmbed();
  const [first, ...others] = useValue(embed.texts.waiting);
  if (first === undefined) return null;
  const site = embed.site() ?? text.ask.unnamed;
  return (
    <section role="alert" aria-label={text.ask.title(site)} className={style}>
      <p className="font-[640]">{text.ask.title(site)}</p>
      <p className="mt-1 text-[13px] text-ink-2">
        {first.kind === 'run' ? text.ask.into(first.node) : text.ask.file(first.path)}
      </p>
      <pre className="mt-1 max-h-28 overflow-auto whitespace-pre-wrap break-words rounded-md bg-sunken p-2 font-mono text-[13px]">
        {first.text}
      </pre>
      {others.length > 0 && <p className="mt-1 text-[13px] text-ink-3">{text.ask.more(others.length)}</p>}
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <Button size="sm" kind="primary" onClick={() => embed.texts.allow()}>
          {text.ask.allow}
        </Button>
        <Button size="sm" onClick={() => embed.texts.refuse()}>
          {text.ask.refuse}
        </Button>
        <span className="text-[13px] text-ink-3">{text.ask.hint}</span>
      </div>
    </section>
  );
}

function AskBusy() {
  const { texts } = useEmbed();
  const [first] = useValue(texts.busy);
  if (first === undefined) return null;
  const { key, node, command } = first;
  return (
    <section role="alert" className={style}>
      <p className="font-[600]">{text.busy.text(node, command)}</p>
      <pre className="mt-1 max-h-20 overflow-auto whitespace-pre-wrap break-words rounded-md bg-sunken p-2 font-mono text-[13px]">
        {first.text}
      </pre>
      <div className="mt-2 flex flex-wrap gap-2">
        {CHOICES.map(([choice, title]) => (
          <Button key={choice} size="sm" onClick={() => texts.choose(key, choice)}>
            {title}
          </Button>
        ))}
        <Button size="sm" kind="quiet" onClick={() => texts.choose(key, null)}>
          {text.busy.drop}
        </Button>
      </div>
    </section>
  );
}

function AskToOpen() {
  const { offered } = useEmbed();
  const { actions, notices } = useWorkbench();
  const { ports } = useWorkbenchData();
  const wanted = useValue(offered);
  if (wanted === null) return null;
  const { node, port } = wanted;
  const isThere = ports[node]?.some((one) => one.port === port) === true;
  return (
    <section role="alert" className={style}>
      <p>{isThere ? text.offer.there(port, node) : text.offer.notYet(port, node)}</p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button
          size="sm"
          kind="primary"
          disabled={!isThere}
          onClick={() => {
            offered.set(null);
            void openPort({ actions, notices, ...wanted });
          }}
        >
          {text.port(port, node)}
        </Button>
        <Button size="sm" kind="quiet" onClick={() => offered.set(null)}>
          {text.dismiss}
        </Button>
      </div>
    </section>
  );
}

export function EmbedAsk() {
  return (
    <>
      <AskToOpen />
      <AskToType />
      <AskBusy />
    </>
  );
}
