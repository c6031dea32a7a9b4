/** A labelled text field with a hint and an error, tied together for screen readers. */
import { type ComponentProps, useId } from 'react';
import { cn } from './cn.ts';

interface FieldProps extends ComponentProps<'input'> {
  label: string;
  hint?: string;
  error?: string | null;
}

export function Field({ label, hint, error, className, ...rest }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div>
      <label htmlFor={id} className="font-[600] text-sm">
        {label}
      </label>
      <input
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={note === undefined || note === null ? undefined : `${id}-note`}
        className={cn(
          'mt-1.5 block h-10 w-full rounded-md border bg-surface px-3 font-mono text-[15px] text-ink',
          error ? 'border-danger' : 'border-edge',
          className,
        )}
        {...rest}
      />
      {note !== undefined && note !== null && (
        <p
          id={`${id}-note`}
          role={error ? 'alert' : undefined}
          className={cn('mt-1.5 text-[13px]', error ? 'text-danger' : 'text-ink-3')}
        >
          {note}
        </p>
      )}
    </div>
  );
}
