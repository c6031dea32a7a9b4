/** An empty dock with its keel blocks, waiting for a hull. */
export function EmptyDock() {
  return (
    <svg width="240" height="118" viewBox="0 0 240 118" fill="none" aria-hidden="true">
      <path
        d="M2 12h34v32h18v32h18v34h96V76h18V44h18V12h34"
        stroke="var(--ink-3)"
        strokeWidth="2"
        strokeLinejoin="round"
      />
      <path
        d="M78 24h84l-6 52q-3 22-24 22h-24q-21 0-24-22z"
        stroke="var(--edge)"
        strokeWidth="1.5"
        strokeDasharray="4 5"
      />
      <path d="M112 100h16v10h-16z" fill="var(--crane)" />
    </svg>
  );
}
