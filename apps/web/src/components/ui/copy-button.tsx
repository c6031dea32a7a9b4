/** Copies a text and says so. */
'use client';

import { Check, Copy } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { strings } from '../../strings.ts';
import { copyText } from '../../workbench/base/clipboard.ts';
import { Button, IconButton } from './button.tsx';
import { cn } from './cn.ts';

/** How long the tick stays (ms). */
const TICK_MS = 1600;

function useCopied(text: string) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), TICK_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return { copied, copy: () => void copyText(text).then(setCopied) };
}

/** Text that is its own copy button, e.g. an address. */
export function CopyText({ text, label, className }: { text: string; label: string; className?: string }) {
  const { copied, copy } = useCopied(text);
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={copy}
      className={cn('group inline-flex items-center gap-1.5 rounded-sm hover:text-ink', className)}
    >
      <span>{text}</span>
      <Icon size={13} className="opacity-70 group-hover:opacity-100" aria-hidden="true" />
      <span className="sr-only" role="status">
        {copied ? strings.workbench.copied : ''}
      </span>
    </button>
  );
}

/** A small square that copies. */
export function CopyIcon({ text, label }: { text: string; label: string }) {
  const { copied, copy } = useCopied(text);
  const Icon = copied ? Check : Copy;
  return (
    <IconButton label={label} onClick={copy}>
      <Icon size={15} aria-hidden="true" />
      <span className="sr-only" role="status">
        {copied ? strings.workbench.copied : ''}
      </span>
    </IconButton>
  );
}

export function CopyButton({ text, label, children }: { text: string; label: string; children: ReactNode }) {
  const { copied, copy } = useCopied(text);
  const Icon = copied ? Check : Copy;
  return (
    <Button size="sm" aria-label={label} onClick={copy}>
      <Icon size={15} aria-hidden="true" />
      <span role="status">{copied ? strings.workbench.copied : children}</span>
    </Button>
  );
}
