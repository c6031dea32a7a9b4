/** What a learner should know of a node before trying in vain: sentences for what its host cannot do. */
import type { HostFeatures } from '@drydock/protocol';
import { strings } from '../../strings.ts';

const text = strings.nodes.features;

/** In the order of who runs into it first; the platforms are always said. */
export function featuresText(host: HostFeatures): string[] {
  const [platform = '', ...others] = host.platforms;
  return [
    ...(host.egress === 'mirror-only' ? [text.mirrorOnly] : []),
    ...(host.egress === 'none' ? [text.noEgress] : []),
    others.length === 0 ? text.onePlatform(platform) : text.platforms(host.platforms.join(', ')),
    ...(host.ingress === 'none' ? [text.noIngress] : []),
    ...(host.encryptedOverlay ? [] : [text.noEncryptedOverlay]),
    ...(host.vlan ? [] : [text.noVlan]),
    ...(host.figures === 'node' ? [text.containerFigures] : []),
    ...(host.figures === 'host' ? [text.hostFigures] : []),
  ];
}
