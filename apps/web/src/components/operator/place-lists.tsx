/** Hosts, uncaught errors, blocks and the last orders of a place. */
'use client';

import type { AuditEntry, Block, OperatorHost, OperatorStatus } from '@drydock/protocol';
import type { ReactNode } from 'react';
import { operator } from '../../strings/operator.ts';
import { Button } from '../ui/button.tsx';
import type { Order } from './order-dialog.tsx';

/** Orders shown; the command line has them all. */
const SHOWN_ORDERS = 15;

const time = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

function Row({ name, line, children }: { name: string; line: string; children?: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-lg border border-line bg-surface px-4 py-3">
      <div className="min-w-0">
        <p className="break-all font-[600] font-mono text-[14px]">{name}</p>
        <p className="break-words text-[13.5px] text-ink-2">{line}</p>
      </div>
      {children}
    </li>
  );
}

export function HostList({ hosts, onOrder }: { hosts: readonly OperatorHost[]; onOrder: (order: Order) => void }) {
  const text = operator.hosts;
  if (hosts.length === 0) return <p className="text-ink-2">{text.none}</p>;
  return (
    <ul className="grid gap-2.5">
      {hosts.map(({ name, state, nodes, maxNodes, pool, draining }) => {
        const path = `/hosts/${encodeURIComponent(name)}/${draining ? 'undrain' : 'drain'}`;
        const asked = draining
          ? { title: text.undrainTitle(name), text: text.undrainText, confirm: text.undrain }
          : { title: text.drainTitle(name), text: text.drainText, confirm: text.drain };
        const line = `${draining ? text.draining : state}: ${text.line(nodes, maxNodes, pool ?? 0)}`;
        return (
          <Row key={name} name={name} line={line}>
            <Button
              aria-label={draining ? text.undrainOf(name) : text.drainOf(name)}
              onClick={() => onOrder({ ...asked, method: 'POST', path })}
            >
              {asked.confirm}
            </Button>
          </Row>
        );
      })}
    </ul>
  );
}

/** What was thrown and caught by nothing; the stack can be copied into a report. */
export function UncaughtList({ processes }: { processes: OperatorStatus['processes'] }) {
  const text = operator.uncaught;
  return (
    <ul className="grid gap-2.5">
      {processes.map(({ process, host, uncaught }) => {
        const newest = uncaught.last.at(-1);
        return (
          <Row key={`${process} ${host}`} name={text.of(process, host, uncaught.count)} line={text.line}>
            {newest !== undefined && (
              <details className="w-full text-[13.5px]">
                <summary>{text.newest(time(newest.at), newest.where)}</summary>
                <pre className="mt-2 overflow-x-auto rounded-md bg-sunken p-3 font-mono text-[12.5px]">
                  {newest.stack}
                </pre>
              </details>
            )}
          </Row>
        );
      })}
    </ul>
  );
}

export function BlockList({ blocks, onOrder }: { blocks: readonly Block[]; onOrder: (order: Order) => void }) {
  const text = operator.blocks;
  if (blocks.length === 0) return <p className="text-ink-2">{text.none}</p>;
  return (
    <ul className="grid gap-2.5">
      {blocks.map(({ id, value, until, by, reason }) => (
        <Row key={id} name={value} line={`${text.line(time(until), by)}: ${reason}`}>
          <Button
            aria-label={text.takeOf(value)}
            onClick={() =>
              onOrder({
                title: text.takeTitle(value),
                text: text.takeText,
                confirm: text.take,
                method: 'DELETE',
                path: `/blocks/${encodeURIComponent(id)}`,
              })
            }
          >
            {text.take}
          </Button>
        </Row>
      ))}
    </ul>
  );
}

export function AuditList({ entries }: { entries: readonly AuditEntry[] }) {
  if (entries.length === 0) return <p className="text-ink-2">{operator.audit.none}</p>;
  return (
    <ol className="space-y-1.5 text-[14px]">
      {entries.slice(0, SHOWN_ORDERS).map(({ at, by, action, target, detail }) => (
        <li key={`${at} ${action} ${target}`} className="break-words">
          <time dateTime={new Date(at).toISOString()} className="text-ink-3 tabular-nums">
            {time(at)}
          </time>{' '}
          {by} {action} {target} {detail}
        </li>
      ))}
    </ol>
  );
}
