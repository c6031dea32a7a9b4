/** Measures a stack of its own: `main.ts [--json] [PART]...`; parts are named below, all by default. */
import { cpus, release, totalmem } from 'node:os';
import { type Stack, startStack, stopStack } from '../support/stack.ts';
import { createFigures, type Figures, timed } from './figures.ts';
import { benchGateway } from './gateway.ts';
import { benchLanding } from './landing.ts';
import { benchManyOnFakeRuntime } from './many-terminals.ts';
import { benchNodes } from './nodes.ts';
import { benchPorts } from './ports.ts';
import { benchScale } from './scale.ts';
import { benchSwarm } from './swarm.ts';
import { benchTemplates } from './templates.ts';
import { benchTerminals } from './terminals.ts';
import { benchBrowserTerminals } from './terminals-browser.ts';

const PARTS: Record<string, (origin: string, figures: Figures, stack: Stack) => Promise<void>> = {
  landing: benchLanding,
  nodes: benchNodes,
  gateway: benchGateway,
  ports: benchPorts,
  scale: benchScale,
  terminals: async (origin, figures) => {
    await benchTerminals(origin, figures);
    await benchBrowserTerminals(origin, figures);
    await benchManyOnFakeRuntime(figures);
  },
  templates: benchTemplates,
  swarm: benchSwarm,
};

/** Pieces of parts, for who asks for them by name. */
const PIECES: typeof PARTS = {
  'terminals-path': benchTerminals,
  'terminals-browser': benchBrowserTerminals,
  'terminals-many': async (_origin, figures) => benchManyOnFakeRuntime(figures),
};

/** Rates are for the public; a benchmark is one address that does the work of many. */
const SETTINGS = { DRYDOCK_CREATE_BURST: '1000', DRYDOCK_CALL_BURST: '100000' };

function machine() {
  return { cpus: cpus().length, model: cpus()[0]?.model ?? 'unknown', memoryBytes: totalmem(), kernel: release() };
}

async function measure(parts: string[]): Promise<Figures> {
  const figures = createFigures();
  const { ms, result: stack } = await timed(() => startStack(SETTINGS));
  figures.value('stack.start-built', 'ms', ms);
  let ending = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // A terminal, or `timeout`, sends it to the group too: the second one must not end what the first began.
    process.on(signal, () => {
      if (!ending) void stopStack(stack).finally(() => process.exit(130));
      ending = true;
    });
  }
  try {
    for (const part of parts) await (PARTS[part] ?? PIECES[part])?.(stack.origin, figures, stack);
  } finally {
    figures.value('stack.stop', 'ms', (await timed(() => stopStack(stack))).ms);
  }
  return figures;
}

const args = process.argv.slice(2);
const named = args.filter((arg) => arg !== '--json');
const unknown = named.find((part) => !(part in PARTS || part in PIECES));
if (unknown !== undefined) {
  console.error(`There is no part ${unknown}; parts are ${Object.keys(PARTS).join(', ')}.`);
  process.exit(1);
}
const figures = (await measure(named.length > 0 ? named : Object.keys(PARTS))).result();
if (args.includes('--json')) console.log(JSON.stringify({ machine: machine(), figures }));
else console.table(figures);
