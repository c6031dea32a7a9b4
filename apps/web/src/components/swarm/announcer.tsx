/** Tells screen readers what becomes of the services: once things have been still for a moment, not at each step. */
'use client';

import { useEffect, useRef, useState } from 'react';
import { strings } from '../../strings.ts';
import type { MapService } from '../../workbench/swarm/map.ts';

/** A scale or an update changes a service many times; it is told when nothing has changed for this long (ms). */
const STILL_MS = 1500;

export function Announcer({ services }: { services: readonly MapService[] }) {
  const [said, setSaid] = useState('');
  const now = services.map(({ service, running, wanted }) => strings.swarm.changed(service.name, running, wanted));
  const key = now.join(' ');
  const before = useRef(now);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for all of `now`.
  useEffect(() => {
    const timer = setTimeout(() => {
      setSaid(now.filter((sentence) => !before.current.includes(sentence)).join(' '));
      before.current = now;
    }, STILL_MS);
    return () => clearTimeout(timer);
  }, [key]);
  return (
    <p role="status" className="sr-only">
      {said}
    </p>
  );
}
