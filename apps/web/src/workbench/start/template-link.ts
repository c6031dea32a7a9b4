/** Links that choose a template (`/?template=ID`), as a page without a script can have them. Nothing starts before Start is pressed. */
import type { TemplateView } from '@drydock/protocol';

/** Longer ids are nobody's template (characters). */
const MAX_ID = 64;

export type WantedTemplate =
  | { kind: 'none' }
  /** The list is on its way, or could not be read: nothing is said yet. */
  | { kind: 'waiting' }
  | { kind: 'unknown'; given: string }
  | { kind: 'template'; template: TemplateView };

/** The id of the template that an address asks for; `search` is its part from `?` on. */
export function wantedTemplateId(search: string): string | null {
  const given = new URLSearchParams(search).get('template');
  return given === null || given === '' ? null : given.slice(0, MAX_ID);
}

/** What becomes of that wish, once the templates of this place are known. */
export function wantedTemplate(id: string | null, templates: readonly TemplateView[] | null): WantedTemplate {
  if (id === null) return { kind: 'none' };
  if (templates === null) return { kind: 'waiting' };
  const template = templates.find((each) => each.id === id);
  return template === undefined ? { kind: 'unknown', given: id } : { kind: 'template', template };
}
