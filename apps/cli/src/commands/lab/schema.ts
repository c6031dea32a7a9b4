/** `drydock lab schema`: the front matter's JSON schema, for editors. */
import { frontMatterJsonSchema } from '@drydock/lab';
import type { Command } from 'commander';
import type { Output } from '../../output.ts';

export function schemaCommand(group: Command, output: Output): void {
  group
    .command('schema')
    .description('print the JSON schema of a lab’s front matter (docs/labs/front-matter.schema.json)')
    .action(() => output.print(JSON.stringify(frontMatterJsonSchema(), null, 2)));
}
