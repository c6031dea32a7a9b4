/** The keyboard help, from the command table: rows of keys and what they do, by section. */
import { strings } from '../../strings.ts';
import { COMMANDS, type CommandKeys } from './commands.ts';

const text = strings.shortcuts;

export interface HelpRow {
  presses: readonly string[];
  meaning: string;
}

export interface HelpSection {
  title: string;
  rows: readonly HelpRow[];
}

type SectionId = keyof typeof text.sections;

/** Keys of one row that reach alike stand together; the others get a row each, which says where they work. */
function rowsOf(keys: readonly CommandKeys[], meaning: string): HelpRow[] {
  return keys.map(({ press, reach }) => ({ presses: press, meaning: `${meaning} ${text.reach[reach]}`.trim() }));
}

/** Commands with the same meaning (four directions, to and fro) share a row. */
function joined(rows: readonly HelpRow[]): HelpRow[] {
  const byMeaning = new Map<string, string[]>();
  for (const { presses, meaning } of rows) byMeaning.set(meaning, [...(byMeaning.get(meaning) ?? []), ...presses]);
  return [...byMeaning].map(([meaning, presses]) => ({ presses, meaning }));
}

export function keyHelp(): HelpSection[] {
  return (Object.keys(text.sections) as SectionId[]).map((id) => {
    const own = Object.values(COMMANDS).flatMap((command) =>
      command.keys !== undefined && command.help.section === id ? rowsOf(command.keys, command.help.text) : [],
    );
    const others = text.others[id].map(([presses, meaning]) => ({ presses: presses.split(' / '), meaning }));
    return { title: text.sections[id], rows: joined([...own, ...others]) };
  });
}
