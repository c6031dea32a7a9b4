/** `drydock completion bash|zsh`: a script for one's shell, which asks this program what may come next. */
import { Argument, type Command } from 'commander';
import { sessionsFolder } from '../../env.ts';
import type { Output } from '../../output.ts';
import { createSessionBook } from '../../sessions/session-book.ts';

const SCRIPTS = {
  bash: `_drydock() {
  local IFS=$'\\n'
  COMPREPLY=($(drydock complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _drydock drydock
`,
  zsh: `#compdef drydock
_drydock() {
  local -a found
  found=("\${(@f)$(drydock complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ -n "$found" ]] && compadd -a found || _files
}
compdef _drydock drydock
`,
} as const;

/** Names of what may stand in the place of the last word, which may be begun. */
export function candidates(program: Command, words: readonly string[], sessions: () => string[]): string[] {
  const before = words.slice(0, -1);
  const begun = words.at(-1) ?? '';
  let command = program;
  for (const word of before) command = command.commands.find((child) => child.name() === word) ?? command;
  const last = before.at(-1);
  const isSession = last === '-s' || last === '--session' || (command.name() === 'end' && !begun.startsWith('-'));
  const shown = command.commands.filter((child) => !isHidden(child)).map((child) => child.name());
  const options = command.options.map(({ long }) => long ?? '').filter((long) => long !== '');
  const all = isSession ? sessions() : begun.startsWith('-') ? options : shown;
  return all.filter((name) => name.startsWith(begun)).sort();
}

const HIDDEN = 'complete';
const isHidden = (command: Command) => command.name() === HIDDEN;

/** Adds the command, and the one that its scripts ask. */
export function completionCommand(program: Command, output: Output): void {
  program
    .command('completion')
    .description('a script that completes commands: eval "$(drydock completion bash)"')
    .addArgument(new Argument('<shell>').choices(Object.keys(SCRIPTS)))
    .action((shell: keyof typeof SCRIPTS) => output.print(SCRIPTS[shell]));
  program
    .command(HIDDEN, { hidden: true })
    .argument('[words...]')
    .action((words: string[]) => {
      const sessions = () =>
        createSessionBook(sessionsFolder())
          .all()
          .map(({ sessionId }) => sessionId);
      output.print(candidates(program, words, sessions).join('\n'));
    });
}
