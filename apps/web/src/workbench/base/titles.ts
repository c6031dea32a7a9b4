/** Names of terminals: the node's, with a number when it has several. */
import type { TerminalView } from '@drydock/protocol';
import { strings } from '../../strings.ts';

export function titleOfTerminal(terminal: TerminalView, all: readonly TerminalView[]): string {
  const older = all.filter(
    ({ node, createdAt, terminalId }) =>
      node === terminal.node &&
      (createdAt < terminal.createdAt || (createdAt === terminal.createdAt && terminalId < terminal.terminalId)),
  );
  return strings.terminals.tab(terminal.node, older.length + 1);
}
