/** `drydock logs`: what happened in a session, one line each, the oldest first. */
import { MAX_TIMELINE_ENTRIES, type TimelineEntry } from '@drydock/protocol';
import type { Command } from 'commander';
import { jsonLine, plain, time } from '../../output.ts';
import { type SessionContext, type SessionOption, withSession } from '../../sessions/context.ts';
import { holdSession } from '../../sessions/open-link.ts';

/** Columns of the longest node name and kind that are common. */
const NODE_WIDTH = 8;
const KIND_WIDTH = 17;

/** Entries that are known to be printed: as many as come again after a break, and as many that came since. */
const MAX_REMEMBERED = 2 * MAX_TIMELINE_ENTRIES;
/** A subject is a name that a learner chose, and what docker says of it (characters). */
const MAX_TEXT = 200;

function lineOf({ at, node, kind, subject, detail }: TimelineEntry): string {
  const what = [subject, detail]
    .filter((part) => part !== undefined && part !== '')
    .map((part) => plain(part ?? '', MAX_TEXT));
  return [time(at), (node ?? '-').padEnd(NODE_WIDTH), kind.padEnd(KIND_WIDTH), ...what].join(' ').trimEnd();
}

/** Adds the command. */
export function logsCommand(program: Command, { output, session }: SessionContext): void {
  /** Prints each entry that is newer than all before. */
  function createPrinter() {
    const printed = new Set<string>();
    return (entries: readonly TimelineEntry[]) => {
      for (const entry of entries) {
        if (printed.has(entry.id)) continue;
        printed.add(entry.id);
        if (printed.size > MAX_REMEMBERED) printed.delete(printed.values().next().value ?? '');
        output.print(output.isJson() ? jsonLine(entry) : lineOf(entry));
      }
    };
  }

  withSession(program.command('logs'))
    .description('what happened in a session: nodes, containers, ports, links; with --json one entry a line')
    .option('-f, --follow', 'go on until the session ends, or Ctrl-C')
    .action(async ({ follow, ...options }: SessionOption & { follow?: boolean }) => {
      const { place, api } = await session(options);
      const print = createPrinter();
      if (follow !== true) return print(await api.timeline());
      // What comes while the past is asked for may be in it, too: an entry's id tells (C7). A new connection may have missed some.
      let early: TimelineEntry[] = [];
      let ready = false;
      const held = await holdSession(place, {
        snapshot: () => void api.timeline().then(readPast, () => undefined),
        change({ change }) {
          if (change.kind !== 'timeline') return;
          if (ready) print([change.entry]);
          else early = [...early, change.entry].slice(-MAX_TIMELINE_ENTRIES);
        },
      });
      function readPast(entries: readonly TimelineEntry[]): void {
        print([...entries, ...early]);
        early = [];
        ready = true;
      }
      try {
        await held.over;
      } finally {
        held.dispose();
      }
    });
}
