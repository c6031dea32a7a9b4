/** The terminals' path without nodes (fake runtime): `terminals-main.ts [--many N]`. For work on that path alone. */
import { startTerminalStack } from '@drydock/testkit';
import { createFigures } from './figures.ts';
import { benchManyTerminals } from './many-terminals.ts';
import { measureTerminals } from './terminals.ts';

const figures = createFigures();
const stack = await startTerminalStack();
try {
  const many = process.argv.indexOf('--many');
  if (many === -1) {
    const { sessionId, token } = await stack.createSession();
    const { manager, agent, terminals } = stack;
    const pids = { manager: manager.pid(), agent: agent.pid(), host: terminals.pid() };
    await measureTerminals(stack.origin, { sessionId, token, node: 'node1' }, figures, pids);
  } else await benchManyTerminals(stack, Number(process.argv[many + 1]), figures);
} finally {
  await stack.stop();
}
console.table(figures.result());
