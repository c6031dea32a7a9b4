/** The overlay networks, each as a line with those that hang on it. */
'use client';

import { LockKeyhole, TriangleAlert } from 'lucide-react';
import { strings } from '../../strings.ts';
import type { MapNetwork } from '../../workbench/swarm/map.ts';
import { useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { cn } from '../ui/cn.ts';
import { serviceColour } from './service-colour.ts';

const text = strings.swarm;

export function NetworkList({ networks }: { networks: readonly MapNetwork[] }) {
  const canEncrypt = useWorkbenchData().session.features?.encryptedOverlay !== false;
  return (
    <section aria-labelledby="swarm-networks" className="mt-4">
      <h3 id="swarm-networks" className="mb-1.5 font-[620] text-[13px] text-ink-2">
        {text.networks}
      </h3>
      {!canEncrypt && <p className="mb-1.5 text-[12px] text-ink-3">{text.cannotEncrypt}</p>}
      <ul className="flex flex-col gap-2.5">
        {networks.map(({ id, name, subnets, ingress, attachable, encrypted, services, others }) => (
          <li key={id} className="min-w-0">
            <div className="flex flex-wrap items-baseline gap-x-2.5 text-[12.5px]">
              <span className="font-[600]">{name}</span>
              <span className="font-mono text-[11.5px] text-ink-2">{subnets.join(', ')}</span>
              {(ingress || attachable) && (
                <span className="text-ink-3">{ingress ? text.ingress : text.attachable}</span>
              )}
              {encrypted && (
                <span className={cn('flex items-center gap-1', canEncrypt ? 'text-ink-3' : 'text-danger')}>
                  {canEncrypt ? (
                    <LockKeyhole size={12} aria-hidden="true" />
                  ) : (
                    <TriangleAlert size={12} aria-hidden="true" />
                  )}
                  {canEncrypt ? text.encrypted : text.encryptedHere}
                </span>
              )}
            </div>
            <div aria-hidden="true" className="mt-1 h-[3px] rounded-full bg-edge/50" />
            <ul className="flex flex-wrap gap-x-3 gap-y-1 pl-3">
              {services.map((service) => (
                <li
                  key={service.name}
                  style={serviceColour(service.colour)}
                  className="border-(--service) border-l-[3px] pt-1.5 pl-1.5 text-[12.5px] leading-tight"
                >
                  {service.name} <span className="text-ink-2">{text.members(service.tasks)}</span>
                </li>
              ))}
              {others > 0 && (
                <li className="border-edge border-l-[3px] pt-1.5 pl-1.5 text-[12.5px] text-ink-2 leading-tight">
                  {text.others(others)}
                </li>
              )}
              {services.length === 0 && others === 0 && (
                <li className="pt-1 text-[12.5px] text-ink-3">{text.noMembers}</li>
              )}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
