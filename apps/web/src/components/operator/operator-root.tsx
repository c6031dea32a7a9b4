/** The operator's page: closed, or open with everything on it. One column on a phone. */
'use client';

import { type ReactNode, useId, useState } from 'react';
import { basePath } from '../../env.ts';
import { operator as text } from '../../strings/operator.ts';
import { type Desk, order } from '../../workbench/operator/operator-desk.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Wordmark } from '../ui/logo.tsx';
import { Message } from '../ui/message.tsx';
import { ThemeSwitch } from '../ui/theme-switch.tsx';
import { type Order, OrderDialog } from './order-dialog.tsx';
import { AuditList, BlockList, HostList, UncaughtList } from './place-lists.tsx';
import { SessionCards } from './session-cards.tsx';
import { Sparkline } from './sparkline.tsx';
import { useDesk } from './use-desk.ts';

export function OperatorRoot() {
  const { state, refresh } = useDesk();
  const [wanted, setWanted] = useState<Order | null>(null);
  if (state.kind === 'checking') return <p className="p-6 text-ink-2">{text.checking}</p>;
  if (state.kind === 'closed') {
    const { message, canSignIn } = state;
    return (
      <Message title={text.closedTitle} text={message === null ? text.closedText : `${message} ${text.closedText}`}>
        {canSignIn && (
          <ButtonLink kind="primary" href={`${basePath}/api/v1/sign-in?page=operator`}>
            {text.signIn}
          </ButtonLink>
        )}
        <code className="rounded-md bg-sunken px-3 py-2 font-mono text-[14px]">{text.closedCommand}</code>
      </Message>
    );
  }
  const { desk, by, away } = state;
  const signOut = () => {
    order('POST', '/sign-out').then(
      () => location.reload(),
      () => location.reload(),
    );
  };
  return (
    <div className="mx-auto min-h-dvh max-w-[1080px] px-4 pb-16 sm:px-8">
      <header className="flex min-h-16 flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2">
        <a href={`${basePath}/`} aria-label={text.title}>
          <Wordmark />
        </a>
        <div className="flex flex-wrap items-center gap-3">
          <span className="text-[13px] text-ink-3">{text.by(by)}</span>
          <Button size="sm" onClick={signOut}>
            {text.signOut}
          </Button>
          <ThemeSwitch />
        </div>
      </header>
      <main>
        <h1 className="lettering text-3xl">{text.title}</h1>
        <p role="status" className="text-[14px] text-danger">
          {away ? text.away : ''}
        </p>
        {desk !== null && <DeskParts desk={desk} onOrder={setWanted} />}
      </main>
      {wanted !== null && (
        <OrderDialog
          wanted={wanted}
          onDone={(happened) => {
            setWanted(null);
            if (happened) void refresh();
          }}
        />
      )}
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mt-8">
      <h2 id={id} className="mb-3 font-[640] text-lg">
        {title}
      </h2>
      {children}
    </section>
  );
}

function DeskParts({ desk, onOrder }: { desk: Desk; onOrder: (order: Order) => void }) {
  const { status, sessions, blocks, load, audit } = desk;
  const { stopped } = status.starts;
  const active = sessions.filter(({ state }) => state === 'active');
  const nodes = active.reduce((sum, session) => sum + session.nodes.length, 0);
  const cpus = active.reduce((sum, session) => sum + session.cpus, 0);
  const failed = status.processes.filter(({ uncaught }) => uncaught.count > 0);
  const values = (name: 'sessions' | 'nodes' | 'cpus' | 'queue') => load.samples.map((sample) => sample[name]);
  const words = { name: 'message', label: text.starts.message } as const;
  const stop = { title: text.starts.title, text: text.starts.text, confirm: text.starts.stop, words } as const;
  const allow = { title: `${text.starts.allow}?`, text: text.starts.allowed, confirm: text.starts.allow } as const;
  return (
    <>
      <Part title={text.overview.title}>
        <dl className="grid grid-cols-2 gap-3 md:grid-cols-4">
          <Sparkline label={text.overview.sessions} now={String(active.length)} values={values('sessions')} />
          <Sparkline label={text.overview.nodes} now={String(nodes)} values={values('nodes')} />
          <Sparkline label={text.overview.cpus} now={cpus.toFixed(1)} values={values('cpus')} />
          <Sparkline label={text.overview.queue} now={String(status.queue ?? '?')} values={values('queue')} />
        </dl>
        <p className="mt-3 text-[14px] text-ink-2">{text.overview.free(status.capacity.free, status.capacity.nodes)}</p>
        <div className="mt-3 flex flex-wrap items-center gap-3">
          <p className="text-[15px]">
            {stopped === null ? text.starts.allowed : text.starts.stopped(stopped.message, stopped.by)}
          </p>
          {stopped === null ? (
            <Button
              kind="caution"
              onClick={() => onOrder({ ...stop, method: 'POST', path: '/starts/stop', isDangerous: true })}
            >
              {text.starts.stop}
            </Button>
          ) : (
            <Button kind="primary" onClick={() => onOrder({ ...allow, method: 'POST', path: '/starts/allow' })}>
              {text.starts.allow}
            </Button>
          )}
        </div>
      </Part>
      <Part title={text.sessions.title}>
        <SessionCards sessions={sessions} onOrder={onOrder} />
      </Part>
      <Part title={text.hosts.title}>
        <HostList hosts={status.hosts} onOrder={onOrder} />
      </Part>
      {failed.length > 0 && (
        <Part title={text.uncaught.title}>
          <UncaughtList processes={failed} />
        </Part>
      )}
      <Part title={text.blocks.title}>
        <BlockList blocks={blocks} onOrder={onOrder} />
      </Part>
      <Part title={text.audit.title}>
        <AuditList entries={audit} />
      </Part>
    </>
  );
}
