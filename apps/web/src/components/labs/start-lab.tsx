/** The button that starts a lab in a new session. */
'use client';

import { strings } from '../../strings.ts';
import { StartNotice } from '../start/start-notice.tsx';
import { useStart } from '../start/use-start.ts';
import { Button } from '../ui/button.tsx';

export function StartLab({ lab }: { lab: string }) {
  const { state, start, stop } = useStart(null, lab);
  const isBusy = state.kind === 'starting';
  return (
    <div className="space-y-4">
      <Button kind="primary" size="lg" disabled={isBusy} onClick={() => void start(null)}>
        {isBusy ? strings.labs.starting : strings.labs.start}
      </Button>
      <StartNotice state={state} onStop={stop} />
    </div>
  );
}
