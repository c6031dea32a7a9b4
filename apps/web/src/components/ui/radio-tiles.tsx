/** One choice among few, each a tile. */
'use client';

import { RadioGroup } from 'radix-ui';
import { type ReactNode, useId } from 'react';

interface RadioTilesProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string; picture?: ReactNode }[];
  onChange: (value: T) => void;
}

export function RadioTiles<T extends string>({ label, value, options, onChange }: RadioTilesProps<T>) {
  const id = useId();
  return (
    <div>
      <p id={id} className="mb-2 font-[600] text-[15px]">
        {label}
      </p>
      <RadioGroup.Root
        aria-labelledby={id}
        value={value}
        onValueChange={(next) => onChange(next as T)}
        className="grid grid-cols-[repeat(auto-fill,minmax(8.25rem,1fr))] gap-2"
      >
        {options.map((option) => (
          <RadioGroup.Item
            key={option.value}
            value={option.value}
            className="rounded-md border border-edge/60 p-2 text-left text-sm hover:border-edge data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft data-[state=checked]:shadow-[inset_0_0_0_1px_var(--accent)]"
          >
            {option.picture}
            <span className={option.picture === undefined ? 'block px-1' : 'mt-1.5 block px-1'}>{option.label}</span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
    </div>
  );
}
