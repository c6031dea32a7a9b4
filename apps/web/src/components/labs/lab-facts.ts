/** What the catalogue says of a lab besides its own words. */
import type { LabEntry } from '@drydock/protocol';
import { basePath } from '../../env.ts';
import { strings } from '../../strings.ts';

const text = strings.labs;

/** A lab's own page. */
export const labHref = (id: string) => `${basePath}/labs/${id.split('/').map(encodeURIComponent).join('/')}`;

/** Facts of a lab in one line. */
export function factsOf(lab: LabEntry): string {
  const facts = [
    lab.level === undefined ? '' : text.level[lab.level],
    lab.minutes === undefined ? '' : text.minutes(lab.minutes),
    text.nodes(lab.nodes),
    text.stepCount(lab.steps),
    text.sources[lab.source],
  ];
  return facts.filter((fact) => fact !== '').join(' · ');
}
