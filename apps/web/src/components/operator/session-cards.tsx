/** Sessions from outside, each with what an operator may do to it. */
'use client';

import type { OperatorSession } from '@drydock/protocol';
import { operator } from '../../strings/operator.ts';
import { formatBytes, formatDuration } from '../../workbench/base/format.ts';
import { Button } from '../ui/button.tsx';
import type { Order } from './order-dialog.tsx';

const text = operator.sessions;
const reason = { name: 'reason', label: operator.reason } as const;

function facts(session: OperatorSession): string[] {
  const { network } = session;
  const refused = Object.values(session.refused).reduce((sum, packets) => sum + packets, 0);
  return [
    `${text.age(formatDuration(Date.now() - session.createdAt))}, ${text.nodes(session.nodes.length)}`,
    text.cpus(session.cpus.toFixed(1), formatDuration(session.cpuSeconds * 1000)),
    text.network(formatBytes(network.sentBytes), formatBytes(network.receivedBytes)),
    ...(network.sentPerSecond + network.receivedPerSecond === 0
      ? []
      : [text.networkNow(formatBytes(network.sentPerSecond), formatBytes(network.receivedPerSecond))]),
    ...(session.hosts.length === 0 ? [] : [text.hosts(session.hosts.join(', '))]),
    ...(session.client === null ? [] : [text.client(session.client)]),
    ...(session.person === null ? [] : [text.person(session.person)]),
    ...(refused === 0 ? [] : [text.refused(refused)]),
  ];
}

function SessionCard({ session, onOrder }: { session: OperatorSession; onOrder: (order: Order) => void }) {
  const { id, frozen, flag, note } = session;
  const path = `/sessions/${id}`;
  const who = session.client ?? session.person;
  const end = { title: text.endTitle(id), text: text.endText, confirm: text.end, isDangerous: true } as const;
  const freeze = { title: text.freezeTitle(id), text: text.freezeText, confirm: text.freeze } as const;
  const thaw = { title: text.thawTitle(id), text: text.thawText, confirm: text.thaw } as const;
  return (
    <li className="rounded-lg border border-line bg-surface p-4">
      <h3 className="font-[620] font-mono text-[15px]">{id}</h3>
      <ul className="mt-1.5 space-y-0.5 break-words text-[14px] text-ink-2">
        {facts(session).map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
      </ul>
      {[frozen && text.frozen(frozen.reason), flag && text.flag(flag.text), note && text.note(note)].map(
        (remark) =>
          remark && (
            <p key={remark} className="mt-2 break-words rounded-md bg-warn-soft px-2.5 py-1.5 text-[14px]">
              {remark}
            </p>
          ),
      )}
      {session.state === 'active' && (
        <div className="mt-3 flex flex-wrap gap-2">
          <Button
            kind="caution"
            aria-label={text.endOf(id)}
            onClick={() => onOrder({ ...end, method: 'POST', path: `${path}/end`, words: reason })}
          >
            {text.end}
          </Button>
          {frozen === null ? (
            <Button
              aria-label={text.freezeOf(id)}
              onClick={() => onOrder({ ...freeze, method: 'POST', path: `${path}/freeze`, words: reason })}
            >
              {text.freeze}
            </Button>
          ) : (
            <Button
              aria-label={text.thawOf(id)}
              onClick={() => onOrder({ ...thaw, method: 'POST', path: `${path}/thaw` })}
            >
              {text.thaw}
            </Button>
          )}
          {who !== null && (
            <Button
              aria-label={text.blockOf(id)}
              onClick={() =>
                onOrder({
                  title: text.blockTitle(who),
                  text: text.blockText,
                  confirm: text.block,
                  isDangerous: true,
                  method: 'POST',
                  path: '/blocks',
                  words: reason,
                  blockOf: id,
                })
              }
            >
              {text.block}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}

export function SessionCards(props: { sessions: readonly OperatorSession[]; onOrder: (order: Order) => void }) {
  if (props.sessions.length === 0) return <p className="text-ink-2">{text.none}</p>;
  return (
    <ul className="grid gap-3 md:grid-cols-2">
      {props.sessions.map((session) => (
        <SessionCard key={session.id} session={session} onOrder={props.onOrder} />
      ))}
    </ul>
  );
}
