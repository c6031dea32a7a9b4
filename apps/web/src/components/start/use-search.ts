/** The part of this page's address from `?` on; empty while the page is made on the server. */
'use client';

import { useEffect, useState } from 'react';

export function useSearch(): string {
  const [search, setSearch] = useState('');
  useEffect(() => setSearch(window.location.search), []);
  return search;
}
