/** Stands where a panel comes that is still being loaded. */
import { strings } from '../../strings.ts';

export function PanelLoading() {
  return (
    <p role="status" className="absolute inset-0 grid place-items-center text-ink-3 text-sm">
      {strings.workbench.loadingPanel}
    </p>
  );
}
