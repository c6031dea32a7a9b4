/** The stack that this page's address asks for; none while the page is made on the server. */
'use client';

import { useEffect, useState } from 'react';
import { type WantedStack, wantedStack } from '../../workbench/start/stack-link.ts';

export function useWantedStack(): WantedStack {
  const [wanted, setWanted] = useState<WantedStack>({ kind: 'none' });
  useEffect(() => setWanted(wantedStack(window.location.search)), []);
  return wanted;
}
