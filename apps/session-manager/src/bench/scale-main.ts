/** Measures how far a manager and its store go: `scale-main.ts [scheduler|store|create|sockets]...` prints one JSON object of figures. */
import { createFigures } from './create-figures.ts';
import type { Figures } from './figures.ts';
import { schedulerFigures } from './scheduler-figures.ts';
import { socketFigures } from './socket-figures.ts';
import { storeFigures } from './store-figures.ts';

const PARTS: Record<string, () => Promise<Figures>> = {
  scheduler: schedulerFigures,
  store: storeFigures,
  create: createFigures,
  sockets: socketFigures,
};

const named = process.argv.slice(2);
const figures: Figures = {};
for (const part of named.length > 0 ? named : Object.keys(PARTS)) Object.assign(figures, await PARTS[part]?.());
process.stdout.write(`${JSON.stringify(figures, null, 1)}\n`);
process.exit(0);
