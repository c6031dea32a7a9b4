/** What is shown until the session's first snapshot. */
import { strings } from '../../strings.ts';
import { LogoMark } from '../ui/logo.tsx';

export function Opening() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <p role="status" className="flex flex-col items-center gap-4 text-ink-3">
        <LogoMark size={52} />
        {strings.workbench.opening}
      </p>
    </main>
  );
}
