/** The work alone, without chrome, for a frame in somebody else's page: what surrounds it there is that page. */
'use client';

import { strings } from '../../strings.ts';
import { ConnectionBanner } from '../session/connection-banner.tsx';
import { WorkArea } from '../workspace/work-area.tsx';

export function EmbedFrame() {
  return (
    <div className="flex h-dvh flex-col overflow-hidden">
      <h1 className="sr-only">{strings.product.name}</h1>
      <ConnectionBanner />
      <WorkArea />
    </div>
  );
}
