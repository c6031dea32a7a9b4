/** What is typed for a text of a lab: exactly what is shown, as a keyboard or a paste would send it. */
import { shellSegments } from '@drydock/lab';
import { withoutEnd } from '@drydock/protocol';

/** A command a person can wait for, each by itself; the last newline of each is the Enter that ends it. */
export function commandsOf(text: string): string[] {
  return shellSegments(text)
    .segments.map((segment) => withoutEnd(segment, '\n'))
    .filter((segment) => segment.trim() !== '');
}

/**
 * One command with its Enter. Several lines go as one paste where the program asked for pastes to be told apart (DEC mode 2004): then a tab
 * completes nothing, and no line runs before the last. Elsewhere each line ends with the carriage return of an Enter key.
 */
export function typedText(command: string, isBracketed: boolean): string {
  if (isBracketed && command.includes('\n')) return `\x1b[200~${command}\x1b[201~\r`;
  return `${command.replaceAll('\n', '\r')}\r`;
}
