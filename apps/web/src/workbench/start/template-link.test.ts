import type { TemplateView } from '@drydock/protocol';
import { expect, it } from 'vitest';
import { wantedTemplate, wantedTemplateId } from './template-link.ts';

const swarm: TemplateView = {
  id: 'swarm-3',
  title: 'Three managers',
  description: 'Ready.',
  nodes: [],
  readySeconds: 3,
};

it('a link chooses a template of this place by its id, and says when there is none of it', () => {
  const chosen = (search: string, known: TemplateView[] | null = [swarm]) =>
    wantedTemplate(wantedTemplateId(search), known);
  expect(chosen('?template=swarm-3')).toEqual({ kind: 'template', template: swarm });
  expect(chosen('?template=swarm-4')).toEqual({ kind: 'unknown', given: 'swarm-4' });
  expect(chosen(`?template=${'a'.repeat(5000)}`)).toEqual({ kind: 'unknown', given: 'a'.repeat(64) });
  expect(chosen('?template=swarm-3', null)).toEqual({ kind: 'waiting' });
  for (const search of ['', '?template=', '?stack=https://example.org/a'])
    expect(chosen(search)).toEqual({ kind: 'none' });
});
