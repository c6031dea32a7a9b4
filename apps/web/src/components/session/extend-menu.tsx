/** More time, in steps. */
'use client';

import { ClockPlus } from 'lucide-react';
import { strings } from '../../strings.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { IconButton } from '../ui/button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';

const STEPS_HOURS = [1, 2, 4];

export function ExtendMenu() {
  const { actions } = useWorkbench();
  return (
    <Menu
      trigger={
        <IconButton label={strings.workbench.extend}>
          <ClockPlus size={17} aria-hidden="true" />
        </IconButton>
      }
    >
      {STEPS_HOURS.map((hours) => (
        <MenuItem key={hours} onSelect={() => void actions.extend(hours)}>
          {strings.workbench.extendBy(hours)}
        </MenuItem>
      ))}
    </Menu>
  );
}
