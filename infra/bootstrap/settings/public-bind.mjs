/** What changes when a place is open to others than this machine: who may start is a choice, and cautious defaults hold. */
import { Problem } from '../../common/problem.mjs';

/** Defaults of a public place; what is set explicitly stays. The manager knows the same (apps/session-manager/src/public-bind.ts). */
export const PUBLIC_DEFAULTS = {
  DRYDOCK_EGRESS: 'mirror-only',
  DRYDOCK_PORT_WARNING: '1',
  DRYDOCK_IDLE_MINUTES: '45',
  DRYDOCK_FLOW_LOG_DAYS: '7',
  DRYDOCK_EMBED: 'keys',
};

/**
 * Whether others than this machine are meant to reach the place.
 * @param {Record<string, string | undefined>} settings
 */
export function isPublic({ DRYDOCK_HOST: host, DRYDOCK_PUBLIC_URL: url, DRYDOCK_DOMAIN: domain }) {
  const names = [host, domain, url === undefined ? undefined : new URL(url).hostname];
  return names.some((name) => name !== undefined && !isLoopback(name));
}

/** @param {string} name address or name */
function isLoopback(name) {
  return /^(127\.\d+\.\d+\.\d+|\[?::1\]?|(.+\.)?localhost)$/.test(name);
}

/**
 * Of a public place that everybody may start in by nobody's choice.
 * @param {Record<string, string | undefined>} settings
 * @returns {Problem | undefined}
 */
export function openByAccident(settings) {
  const { DRYDOCK_START_GATE: gate, DRYDOCK_OIDC_ISSUER: issuer, DRYDOCK_OPEN: open } = settings;
  const signsIn = issuer !== undefined && gate !== 'none';
  if (!isPublic(settings) || signsIn || (gate !== undefined && gate !== 'none') || open === 'yes') return undefined;
  return new Problem(
    'OPEN_PLACE',
    'Others than this machine can reach this place (DRYDOCK_HOST, DRYDOCK_DOMAIN or DRYDOCK_PUBLIC_URL), and nothing says who may start sessions.',
    'Choose one: sign-in (DRYDOCK_OIDC_ISSUER), work (DRYDOCK_START_GATE=work), keys (where DRYDOCK_START_GATE offers them), or everybody (DRYDOCK_OPEN=yes).',
  );
}
