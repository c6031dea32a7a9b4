/** Who is here: coloured initials in the header, and a list with one's own name and whom to follow. */
'use client';

import { Eye } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useMemo } from 'react';
import { strings } from '../../strings.ts';
import { groupPeople, type PersonHere } from '../../workbench/session/people.ts';
import { coloursOf } from '../../workbench/session/person-colours.ts';
import { useValue, useWorkbench, useWorkbenchState } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';
import { Field } from '../ui/field.tsx';

const text = strings.people;

/** Initials in the header before the rest becomes a number. */
const SHOWN = 3;
function nameOf({ name, browser, isMe }: PersonHere): string {
  return name ?? (isMe ? text.me : text.guest(browser.slice(0, 3).toUpperCase()));
}

function Initial({ person, className }: { person: PersonHere; className?: string }) {
  const colours = usePersonColours();
  return (
    <span
      aria-hidden="true"
      style={{ backgroundColor: colours.get(person.browser) }}
      className={cn(
        'grid size-6 shrink-0 place-items-center rounded-full font-[640] text-[11px] text-white',
        className,
      )}
    >
      {[...nameOf(person)][0]?.toUpperCase()}
    </span>
  );
}

/** By browser; the same on every page of the session. */
function usePersonColours(): ReadonlyMap<string, string> {
  const list = useWorkbenchState((state) => state.data?.people);
  const { people } = useWorkbench();
  return useMemo(() => coloursOf([people.me, ...(list ?? []).map(({ browser }) => browser)]), [list, people.me]);
}

function PersonRow({ person, where }: { person: PersonHere; where: string | null }) {
  const { people } = useWorkbench();
  const following = useValue(people.following) === person.browser;
  const name = nameOf(person);
  return (
    <li className="flex items-center gap-2.5 py-1.5">
      <Initial person={person} />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-[600] text-sm">{person.isMe ? text.you(name) : name}</span>
        <span className="block truncate text-[12.5px] text-ink-3">
          {strings.workbench.rights[person.right].label}
          {where !== null && ` · ${where}`}
        </span>
      </span>
      {!person.isMe && (
        <Button
          size="sm"
          kind={following ? 'primary' : 'quiet'}
          aria-pressed={following}
          aria-label={text.follow(name)}
          onClick={() => people.follow(following ? null : person.browser)}
        >
          <Eye size={15} aria-hidden="true" />
          {following ? text.following : text.followShort}
        </Button>
      )}
    </li>
  );
}

function usePeople(): PersonHere[] {
  const { people } = useWorkbench();
  const list = useWorkbenchState((state) => state.data?.people);
  return useMemo(() => groupPeople(list ?? [], people.me), [list, people.me]);
}

export function People() {
  const { preferences } = useWorkbench();
  const { name } = useValue(preferences);
  const terminals = useWorkbenchState((state) => state.data?.terminals);
  const here = usePeople();
  if (here.length === 0) return null;
  const whereOf = ({ terminalId }: PersonHere) =>
    terminals?.find((terminal) => terminal.terminalId === terminalId)?.node ?? null;
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button
          type="button"
          aria-label={text.open(here.length)}
          title={text.open(here.length)}
          className="flex min-h-8 items-center rounded-md px-1.5 hover:bg-ink/8"
        >
          {here.slice(0, SHOWN).map((person, index) => (
            <Initial
              key={person.browser}
              person={person}
              className={cn('ring-2 ring-surface', index > 0 && '-ml-1.5')}
            />
          ))}
          {here.length > SHOWN && <span className="ml-1 text-[13px] text-ink-2">+{here.length - SHOWN}</span>}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label={text.title}
          className="z-50 w-80 max-w-[calc(100vw-1rem)] rounded-lg border border-line bg-raised p-4 text-ink shadow-float"
        >
          <h2 className="font-[640] text-[15px]">{text.title}</h2>
          <ul className="scroll-quiet mt-1.5 mb-3 max-h-72 overflow-y-auto">
            {here.map((person) => (
              <PersonRow key={person.browser} person={person} where={whereOf(person)} />
            ))}
          </ul>
          <Field
            label={text.nameLabel}
            hint={text.nameHint}
            value={name}
            maxLength={40}
            autoComplete="off"
            className="font-sans"
            onChange={(event) => preferences.update({ name: event.target.value })}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** A thin line while somebody is followed. */
export function FollowingBanner() {
  const { people } = useWorkbench();
  const followed = useValue(people.following);
  const person = usePeople().find(({ browser }) => browser === followed);
  return (
    <div role="status">
      {person !== undefined && (
        <p className="flex items-center justify-center gap-4 bg-accent-soft px-4 py-1 text-[13.5px]">
          {text.followingNow(nameOf(person))}
          <button
            type="button"
            className="min-h-6 font-[620] underline underline-offset-4"
            onClick={() => people.follow(null)}
          >
            {text.stop}
          </button>
        </p>
      )}
    </div>
  );
}
