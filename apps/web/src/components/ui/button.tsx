/** The page's buttons: one loud, one plain, one quiet, one dangerous; all at least 24 px, 44 px under a finger. */
import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger' | 'caution';

const kinds: Record<ButtonKind, string> = {
  primary: 'bg-crane text-on-crane hover:bg-crane-hover font-[640]',
  plain: 'border border-edge/60 bg-surface text-ink hover:border-edge hover:bg-raised font-[560]',
  quiet: 'text-ink-2 hover:bg-ink/8 hover:text-ink font-[560]',
  caution: 'border border-danger/50 bg-surface text-danger hover:bg-danger-soft font-[600]',
  danger: 'bg-danger text-surface hover:brightness-110 font-[640]',
};

const sizes = {
  sm: 'h-8 px-2.5 text-[13px] gap-1.5 coarse:h-10',
  md: 'h-9 px-3.5 text-sm gap-2 coarse:h-11',
  lg: 'h-13 px-8 text-lg gap-2.5',
};

export interface ButtonProps extends ComponentProps<'button'> {
  kind?: ButtonKind;
  size?: keyof typeof sizes;
}

const BASE = 'inline-flex select-none items-center justify-center whitespace-nowrap rounded-md transition-colors';

export function Button({ kind = 'plain', size = 'md', className, type = 'button', ...rest }: ButtonProps) {
  return (
    <button type={type} className={cn(BASE, 'disabled:opacity-60', kinds[kind], sizes[size], className)} {...rest} />
  );
}

/** A way to somewhere else that looks like a button. */
export function ButtonLink({
  kind = 'plain',
  size = 'md',
  className,
  ...rest
}: ComponentProps<'a'> & Pick<ButtonProps, 'kind' | 'size'>) {
  return <a className={cn(BASE, kinds[kind ?? 'plain'], sizes[size ?? 'md'], className)} {...rest} />;
}

/** A square button that shows an icon alone; `label` is its accessible name and its tooltip. */
export function IconButton({
  label,
  className,
  type = 'button',
  ...rest
}: ComponentProps<'button'> & { label: string }) {
  return (
    <button
      type={type}
      aria-label={label}
      title={label}
      className={cn(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-2 transition-colors',
        'hover:bg-ink/8 hover:text-ink disabled:opacity-50 coarse:size-11',
        className,
      )}
      {...rest}
    />
  );
}
