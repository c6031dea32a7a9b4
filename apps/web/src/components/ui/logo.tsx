/** Drydock's mark: a hull standing on its block between the stepped walls of a dock. */

export function LogoMark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true" focusable="false">
      <path d="M2 5h4v7h3v7h3v8h8v-8h3v-7h3V5h4" stroke="currentColor" strokeWidth="2.5" strokeLinejoin="round" />
      <path d="M10.5 4.5h11l-1.6 9.4c-.3 1.9-1.6 3.3-3.9 3.3s-3.6-1.4-3.9-3.3L10.5 4.5Z" fill="var(--crane)" />
      <path d="M16 17.2v6" stroke="var(--crane)" strokeWidth="2.5" />
    </svg>
  );
}

export function Wordmark({ size = 28 }: { size?: number }) {
  return (
    <span className="inline-flex items-center gap-2.5">
      <LogoMark size={size} />
      <span className="lettering text-[1.2em] leading-none">Drydock</span>
    </span>
  );
}
