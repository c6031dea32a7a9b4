/** The services: how many of their tasks run, how far an update is, which ports they publish. A press shows one's tasks alone. */
'use client';

import type { SwarmService } from '@drydock/protocol';
import { ExternalLink } from 'lucide-react';
import { strings } from '../../strings.ts';
import { type MapService, versionOf } from '../../workbench/swarm/map.ts';
import { useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { cn } from '../ui/cn.ts';
import { serviceColour } from './service-colour.ts';

const text = strings.swarm;

function Ports({ service }: { service: SwarmService }) {
  const { ports: open } = useWorkbenchData();
  return service.ports.map(({ published, target, protocol, mode }) => {
    const label = text.port(published, target, protocol);
    // The routing mesh answers on every node; the first one that is known to listen will do.
    const found = Object.values(open)
      .flat()
      .find((port) => port.port === published && port.protocol === protocol);
    const style = 'inline-flex items-center gap-1 font-mono text-[11.5px]';
    return found !== undefined && protocol === 'tcp' ? (
      <a
        key={`${published}/${protocol}`}
        href={found.url}
        target="_blank"
        rel="noreferrer"
        aria-label={text.openPort(published, service.name)}
        className={cn(style, 'min-h-6 text-accent underline underline-offset-2')}
      >
        {label}
        <ExternalLink size={11} aria-hidden="true" />
      </a>
    ) : (
      <span key={`${published}/${protocol}`} className={style} title={mode === 'host' ? text.hostMode : undefined}>
        {label}
      </span>
    );
  });
}

function Progress({ entry }: { entry: MapService }) {
  const { running, wanted, updated, service } = entry;
  const of = Math.max(1, wanted);
  const share = Math.min(1, (updated ?? running) / of);
  const state = text.updates[service.update ?? ''] ?? '';
  return (
    <>
      <span className="mt-1 block h-1 overflow-hidden rounded-full bg-ink/12">
        <span
          className="block h-full rounded-full bg-(--service) transition-[width] duration-500"
          style={{ width: `${share * 100}%` }}
        />
      </span>
      <span className="mt-1 flex flex-wrap items-baseline justify-between gap-x-2 text-[12px] text-ink-2">
        <span>{text.replicas(running, wanted)}</span>
        <span className="min-w-0 truncate font-mono text-[11.5px]">
          {service.image.slice(service.image.lastIndexOf('/') + 1)}
        </span>
        {state !== '' && (
          <span className="w-full text-warn">
            {state}
            {updated !== null && `: ${text.updated(updated, wanted, versionOf(service.image))}`}
          </span>
        )}
      </span>
    </>
  );
}

interface ServiceListProps {
  services: readonly MapService[];
  highlighted: string | null;
  onHighlight: (id: string | null) => void;
}

export function ServiceList({ services, highlighted, onHighlight }: ServiceListProps) {
  return (
    <section aria-labelledby="swarm-services" className="mb-4">
      <h3 id="swarm-services" className="mb-1.5 font-[620] text-[13px] text-ink-2">
        {text.services}
      </h3>
      {services.length === 0 && <p className="text-[13px] text-ink-3">{text.noServices}</p>}
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(156px,100%),1fr))] gap-2">
        {services.map((entry) => {
          const { service, colour } = entry;
          const isHighlighted = highlighted === service.id;
          return (
            <li
              key={service.id}
              style={serviceColour(colour)}
              className={cn(
                'rounded-lg border border-line border-l-(--service) border-l-[5px] bg-surface px-2.5 py-2',
                isHighlighted && 'border-ink',
              )}
            >
              <button
                type="button"
                aria-pressed={isHighlighted}
                aria-label={text.highlight(service.name)}
                title={text.highlight(service.name)}
                onClick={() => onHighlight(isHighlighted ? null : service.id)}
                className="block min-h-6 w-full truncate text-left font-[620] text-[13.5px]"
              >
                {service.name}
              </button>
              <Progress entry={entry} />
              {service.ports.length > 0 && (
                <span className="mt-0.5 flex flex-wrap gap-x-3 text-ink-2">
                  <Ports service={service} />
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
