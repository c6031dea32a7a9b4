/** A lab as the catalogue shows it. */
import type { LabEntry } from '@drydock/protocol';
import type { BookLab } from './lab-book.ts';
import { maskVersion } from './lab-mask.ts';

/** The entry; `nodes` is how many it begins with. */
export function labEntry({ id, lab, origin, course }: BookLab, nodes: number, secret: string): LabEntry {
  return {
    id,
    version: maskVersion(secret, lab.digest),
    title: lab.title,
    summary: lab.summary,
    ...(lab.level === undefined ? {} : { level: lab.level }),
    ...(lab.minutes === undefined ? {} : { minutes: lab.minutes }),
    lang: lab.lang,
    tags: lab.tags,
    nodes,
    steps: lab.steps.length,
    source: origin,
    ...(course === undefined ? {} : { course }),
  };
}
