/** Everything on the start page that can be pressed. */
'use client';

import { strings } from '../../strings.ts';
import { formatDuration } from '../../workbench/base/format.ts';
import { wantedStack } from '../../workbench/start/stack-link.ts';
import { USUAL_TEMPLATE } from '../../workbench/start/start-session.ts';
import { wantedTemplate, wantedTemplateId } from '../../workbench/start/template-link.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { CapacityLine } from './capacity-line.tsx';
import { RecentSessionsList } from './recent-sessions-list.tsx';
import { SIGN_IN_PATH, SignInLine } from './sign-in-line.tsx';
import { StackNotice } from './stack-notice.tsx';
import { StartNotice } from './start-notice.tsx';
import { TemplateList } from './template-list.tsx';
import { TemplateNotice } from './template-notice.tsx';
import { useCapacity, useTemplates } from './use-landing-data.ts';
import { useMe } from './use-me.ts';
import { useSearch } from './use-search.ts';
import { useStart } from './use-start.ts';

const text = strings.landing;
const HOUR_MS = 3_600_000;

export function StartPanel() {
  const search = useSearch();
  const wanted = wantedStack(search);
  const { state, start, stop } = useStart(wanted.kind === 'stack' ? wanted.stack : null);
  const capacity = useCapacity();
  const templates = useTemplates();
  const chosen = wantedTemplate(wantedTemplateId(search), templates.kind === 'ready' ? templates.value : null);
  const usual = chosen.kind === 'template' ? chosen.template.id : USUAL_TEMPLATE;
  const { me, signOut } = useMe();
  const mustSignIn = me?.signIn === 'required' && me.user === null;
  const busy = state.kind === 'starting';
  const hours = capacity.kind === 'ready' ? capacity.value.sessionHours : 4;
  return (
    <div className="flex flex-col gap-7">
      <StackNotice wanted={wanted} />
      <TemplateNotice wanted={chosen} />
      <div className="flex flex-wrap items-center gap-x-5 gap-y-3">
        {mustSignIn ? (
          <ButtonLink kind="primary" size="lg" href={SIGN_IN_PATH}>
            {text.signIn.button}
          </ButtonLink>
        ) : (
          <Button
            kind="primary"
            size="lg"
            disabled={busy}
            onClick={() => void start(wanted.kind === 'stack' ? null : usual)}
          >
            {busy ? text.starting : text.start}
          </Button>
        )}
        <div className="flex flex-col gap-0.5">
          <CapacityLine capacity={capacity} />
          <p className="text-ink-3 text-sm">
            {me === null || me.signIn === 'off'
              ? text.noAccount(formatDuration(hours * HOUR_MS))
              : text.withAccount(formatDuration(hours * HOUR_MS))}
          </p>
          <SignInLine me={me} onSignOut={signOut} />
        </div>
      </div>
      <StartNotice state={state} onStop={stop} />
      <RecentSessionsList templates={templates} />
      <TemplateList
        templates={templates}
        busy={busy || mustSignIn}
        pool={capacity.kind === 'ready' ? capacity.value.pool : 0}
        onStart={(template) => void start(template)}
        onStartEmpty={() => void start(null)}
      />
    </div>
  );
}
