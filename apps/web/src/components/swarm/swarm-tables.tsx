/** The same facts as the map's, as tables. */
'use client';

import { strings } from '../../strings.ts';
import type { SwarmMap } from '../../workbench/swarm/map.ts';
import { FactTable } from './fact-table.tsx';
import { PhaseIcon } from './phase-icon.tsx';

const text = strings.swarm;
const { columns } = text;

export function SwarmTables({ map, onOpen }: { map: SwarmMap; onOpen: (id: string) => void }) {
  const tasks = [
    ...map.nodes.flatMap((entry) => entry.tasks.map((task) => ({ task, node: entry.node.name }))),
    ...map.waiting.map((task) => ({ task, node: text.noNode as string })),
  ];
  return (
    <>
      <FactTable
        caption={text.nodes}
        columns={[columns.name, columns.role, columns.state, columns.availability, columns.address, columns.tasks]}
        rows={map.nodes.map(({ node, role, tasks: { length } }) => ({
          key: node.id,
          cells: [
            node.name,
            text.roles[role],
            node.reachability === 'unreachable' ? text.unreachable : text.states[node.state],
            text.availabilityShort[node.availability] || text.active,
            node.ip,
            length,
          ],
        }))}
      />
      <FactTable
        caption={text.services}
        columns={[columns.name, columns.image, columns.mode, columns.replicas, columns.ports, columns.update]}
        rows={map.services.map(({ service, running, wanted }) => ({
          key: service.id,
          cells: [
            service.name,
            service.image,
            service.mode,
            text.replicas(running, wanted),
            service.ports.map(({ published, target, protocol }) => text.port(published, target, protocol)).join(', '),
            text.updates[service.update ?? ''] || (service.update ?? ''),
          ],
        }))}
      />
      <FactTable
        caption={text.tasks}
        columns={[columns.task, columns.state, columns.node, columns.image, columns.error]}
        rows={tasks.map(({ task: { task, name, phase }, node }) => ({
          key: task.id,
          cells: [
            <button
              key={task.id}
              type="button"
              onClick={() => onOpen(task.id)}
              className="min-h-6 underline underline-offset-2"
            >
              {name}
            </button>,
            <span key={task.id} className="flex items-center gap-1.5">
              <PhaseIcon phase={phase} />
              {text.phases[phase]}
            </span>,
            node,
            task.image,
            task.error ?? '',
          ],
        }))}
      />
      <FactTable
        caption={text.networks}
        columns={[columns.name, columns.subnet, columns.members]}
        rows={map.networks.map(({ id, name, subnets, encrypted, services, others }) => ({
          key: id,
          cells: [
            name,
            [...subnets, ...(encrypted ? [text.encrypted] : [])].join(', '),
            [
              ...services.map((service) => `${service.name} (${text.members(service.tasks)})`),
              ...(others > 0 ? [text.others(others)] : []),
            ].join(', ') || text.noMembers,
          ],
        }))}
      />
    </>
  );
}
