/** Who this browser is to the server, and how it stops being that. */
'use client';

import type { MeResponse } from '@drydock/protocol';
import { useCallback, useEffect, useState } from 'react';
import { callApi } from '../../workbench/base/api.ts';
import { fetchMe } from '../../workbench/start/start-session.ts';

/** `me` is null until it is known; a server that does not answer is told of elsewhere on the page. */
export function useMe(): { me: MeResponse | null; signOut: () => void } {
  const [me, setMe] = useState<MeResponse | null>(null);
  const look = useCallback((signal?: AbortSignal) => {
    fetchMe(signal).then(setMe, () => undefined);
  }, []);
  useEffect(() => {
    const abort = new AbortController();
    look(abort.signal);
    return () => abort.abort();
  }, [look]);
  const signOut = useCallback(() => {
    callApi('POST', '/sign-out').then(
      () => look(),
      () => look(),
    );
  }, [look]);
  return { me, signOut };
}
