/** What a lab wants of this place: refused with a sentence before its start, never in the middle. */
import type { Lab, Need } from '@drydock/lab';
import { DrydockError, type HostFeatures } from '@drydock/protocol';
import type { TemplateBook } from '../templates/templates.ts';

/** The docker of our node image (infra/node-image): an older want is met by it. */
const DOCKER = [26, 1];

/** How many nodes a lab begins with. @throws DrydockError LAB_STATE, UNKNOWN_TEMPLATE where this place cannot give what it needs. */
export function demandNeeds(
  lab: Lab,
  place: { maxNodes: number; features: readonly HostFeatures[]; templates: TemplateBook },
): number {
  const count = lab.template === undefined ? lab.nodes.length : place.templates.require(lab.template).nodes.length;
  if (count > place.maxNodes) throw new DrydockError('NODE_LIMIT', undefined, { limit: place.maxNodes, nodes: count });
  for (const need of lab.needs) {
    // What no host can say yet is no reason to refuse.
    if (place.features.length > 0 && !place.features.some((host) => meets(host, need)))
      throw new DrydockError('LAB_STATE', `This lab needs ${sentenceOf(need)}, which no host of this place has.`);
  }
  return count;
}

function meets(host: HostFeatures, need: Need): boolean {
  switch (need.kind) {
    case 'docker':
      return !isOver(need.atLeast, DOCKER);
    case 'internet':
      return host.egress === 'internet';
    case 'kvm':
      return host.isolation === 'microvm';
    case 'arch':
      return host.platforms.some((platform) => platform.split('/')[1] === need.is);
  }
}

function isOver(wanted: readonly number[], have: readonly number[]): boolean {
  for (const [index, part] of wanted.entries()) {
    const own = have[index] ?? 0;
    if (part !== own) return part > own;
  }
  return false;
}

function sentenceOf(need: Need): string {
  switch (need.kind) {
    case 'docker':
      return `docker ${need.atLeast.join('.')} or newer`;
    case 'internet':
      return 'the internet';
    case 'kvm':
      return 'virtual machines';
    case 'arch':
      return `images for ${need.is}`;
  }
}
