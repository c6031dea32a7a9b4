/**
 * The page's sentences by domain, so that a translation is one more folder of this shape. Not all: errors come with the registry's text,
 * progress of templates with the server's. `strings/calls.ts`, for failures that no server words, is handed to the client itself.
 */

import { embed } from './strings/embed.ts';
import { files } from './strings/files.ts';
import { palette, shortcuts } from './strings/keys.ts';
import { labs } from './strings/labs.ts';
import { nodes, ports } from './strings/nodes.ts';
import { landing, library, product, theme } from './strings/start.ts';
import { swarm } from './strings/swarm.ts';
import { takeHome } from './strings/take-home.ts';
import { settings, terminals } from './strings/terminals.ts';
import { timeline } from './strings/timeline.ts';
import {
  closeDialog,
  connection,
  crashed,
  ended,
  errors,
  notFound,
  people,
  rename,
  share,
  workbench,
} from './strings/workbench.ts';

export const strings = {
  product,
  landing,
  library,
  theme,
  labs,
  embed,
  workbench,
  connection,
  nodes,
  terminals,
  ports,
  swarm,
  timeline,
  files,
  takeHome,
  closeDialog,
  share,
  rename,
  people,
  settings,
  palette,
  shortcuts,
  ended,
  notFound,
  crashed,
  errors,
} as const;
