/** Drydock's mark: a hull standing on its block between the stepped walls of a dock. */

export function LogoMark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true" focusable="false">
      <path d="M1 8h4v6h3v6h3v6h10v-6h3v-6h3V8h4" stroke="currentColor" strokeWidth="2.2" strokeLinejoin="round" />
      <path d="M10 5h12l-1.6 10.2c-.4 2.5-1.8 3.8-4.4 3.8s-4-1.3-4.4-3.8z" fill="var(--crane)" />
      <path d="M14 20.5h4V25h-4z" fill="var(--crane)" />
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
