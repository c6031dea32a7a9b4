/** `drydock site …`: the keys of sites whose pages show terminals of this place; by the key of this place, as `drydock operator`. */
import { embedScriptSchema, type Site, type SiteView, siteSchema, sitesSchema } from '@drydock/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { EXIT, Failure } from '../../failure.ts';
import { type OperatorClient, withOperator } from '../../operator-client.ts';
import { type Output, plain, table, time } from '../../output.ts';
import type { Bounds } from '../../place-fetch.ts';

/** Origins, labs and templates that a line of a table shows; `--json` has all. */
const MAX_CELL = 60;

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It is a whole number from 1 on.');
  return value;
}

function hours(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('It is a number of hours.');
  return value;
}

/** The good key of a site by its name, or any of its keys. @throws Failure NOT_FOUND. */
async function keyOf(client: OperatorClient, wanted: string): Promise<string> {
  const sites = await client.call('GET', '/sites', sitesSchema);
  const found = sites.find(
    ({ key, name, goodUntil }) => key === wanted || (name === wanted && goodUntil === undefined),
  );
  if (found === undefined) throw new Failure('NOT_FOUND', `There is no site ${plain(wanted)}.`, EXIT.refused);
  return found.key;
}

function rowOf(site: SiteView): string[] {
  const { name, key, origins, nodes, minutes, sessions, running, daily, today, goodUntil } = site;
  const until = goodUntil === undefined ? '' : `until ${time(goodUntil)}`;
  const bounds = [String(nodes), `${minutes} min`, `${running} of ${sessions}`, `${today} of ${daily}`];
  return [name, key, ...bounds, plain(origins.join(' '), MAX_CELL), until];
}

/** What an author pastes. */
async function snippet(client: OperatorClient, { name, key }: Site): Promise<string> {
  const { script, pinned, integrity } = await client.call('GET', '/embed', embedScriptSchema);
  const head = `${name} has the key ${key}. It is public, and stands in the pages of the site:`;
  if (script === null) return `${head}\n\nThe script is not built here (npm run build).`;
  const lines = [
    head,
    '',
    `<script src="${script}" data-site="${key}" async></script>`,
    '<drydock-terminal></drydock-terminal>',
    '',
    'The same script as bytes that never change, until the next release:',
    `<script src="${pinned}" integrity="${integrity}" crossorigin="anonymous" data-site="${key}" async></script>`,
  ];
  return lines.join('\n');
}

interface AddOptions {
  origin: string[];
  nodes?: number;
  minutes?: number;
  sessions?: number;
  daily?: number;
  lab?: string[];
  template?: string[];
  readTerminal?: boolean;
}

/** Adds the group. */
export function siteCommands(program: Command, output: Output, bounds: Bounds): void {
  const group = program
    .command('site')
    .description('keys of sites whose pages show terminals of this place; by the key of this place');
  const connect = withOperator(group, bounds);

  group
    .command('add <name>')
    .description('a key for a site')
    .requiredOption('--origin <origin...>', 'https://docs.example.org, or https://*.example.org for one label')
    .option('--nodes <number>', 'nodes of a session', whole)
    .option('--minutes <number>', 'life of a session', whole)
    .option('--sessions <number>', 'sessions at once', whole)
    .option('--daily <number>', 'sessions a day (UTC)', whole)
    .option('--lab <lab...>', 'these labs alone; one that ends in * stands for all that begin so')
    .option('--template <template...>', 'these templates alone')
    .option(
      '--read-terminal',
      'kept for a later release, in which the site’s own scripts may then read what terminals show',
    )
    .action(async (name: string, { origin: origins, lab: labs, template: templates, ...bounds }: AddOptions) => {
      const client = connect();
      const choices = { ...(labs === undefined ? {} : { labs }), ...(templates === undefined ? {} : { templates }) };
      const site = await client.call('POST', '/sites', siteSchema, { name, origins, ...choices, ...bounds });
      const text = output.isJson() ? '' : await snippet(client, site);
      output.show(site, () => text);
    });
  group
    .command('list')
    .description('sites, their keys and bounds, and how many sessions they have')
    .action(async () => {
      output.show(await connect().call('GET', '/sites', sitesSchema), (sites) => {
        const header = ['SITE', 'KEY', 'NODES', 'LIFE', 'NOW', 'TODAY', 'ORIGINS', ''];
        return sites.length === 0 ? 'There are no sites.' : table(header, sites.map(rowOf));
      });
    });
  group
    .command('rotate <site>')
    .description('another key for a site, by its name or key; the one before is good for some hours more')
    .option('--keep-hours <number>', 'how long the old key is still good', hours, 24)
    .action(async (wanted: string, { keepHours }: { keepHours: number }) => {
      const client = connect();
      const path = `/sites/${await keyOf(client, wanted)}/rotate`;
      const site = await client.call('POST', path, siteSchema, { keepHours });
      const text = output.isJson() ? '' : await snippet(client, site);
      output.show(site, () => text);
    });
  group
    .command('remove <site>')
    .description('no key of the site is good from now on; what runs goes on to its end')
    .action(async (wanted: string) => {
      const client = connect();
      const done = await client.call('DELETE', `/sites/${await keyOf(client, wanted)}`, z.object({}));
      output.show(done, () => `${plain(wanted)} is removed.`);
    });
}
