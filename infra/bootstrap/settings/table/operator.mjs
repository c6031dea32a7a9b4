/** Who may sign in, who operates, and what an operator sees and decides by. */
import { absolutePath, integer, ipAddress, oneOf, text, url } from '../env-kinds.mjs';

/** @type {readonly import('../env-kinds.mjs').Setting[]} */
export const OPERATOR = [
  {
    name: 'DRYDOCK_OIDC_ISSUER',
    kind: url(['https', 'http']),
    fallback: undefined,
    reason: 'Sign-in by OpenID Connect: the address of the issuer. Unset: nobody signs in.',
  },
  {
    name: 'DRYDOCK_OIDC_CLIENT_ID',
    kind: text(/^\S+$/, 'a name without spaces'),
    fallback: undefined,
    reason: 'What the issuer calls this Drydock; register <public URL>/api/v1/sign-in/callback there.',
  },
  {
    name: 'DRYDOCK_OIDC_CLIENT_SECRET_FILE',
    kind: absolutePath,
    fallback: undefined,
    reason: 'A file with the secret that the issuer gave. Unset: a public client, protected by PKCE alone.',
  },
  {
    name: 'DRYDOCK_OIDC_ALLOW',
    kind: text(/^[^\r\n]+$/, 'addresses, @domains and sub:subjects, separated by commas'),
    fallback: undefined,
    reason: 'Who may sign in: ann@example.org, @example.org, sub:1234. Unset: everybody whom the issuer lets in.',
  },
  {
    name: 'DRYDOCK_OIDC_OPERATOR',
    kind: text(/^[^=\s]{1,64}=\S{1,128}$/, 'claim=value'),
    fallback: undefined,
    reason:
      'Who is an operator by sign-in: a claim of the issuer’s token and a value that it is or holds, such as groups=drydock-operators. Unset: nobody; the page /operator then opens by a link alone.',
  },
  {
    name: 'DRYDOCK_AUDIT_ADDRESS',
    kind: oneOf(['plain', 'hash', 'none']),
    fallback: 'hash',
    reason:
      'What is kept of the address that starts a session, in the log and for the operator: the address, a keyed hash of it (equal for equal addresses, good for blocks), or nothing. Ask what the law wants of you.',
  },
  {
    name: 'DRYDOCK_CPU_RULE',
    kind: oneOf(['off', 'flag', 'freeze', 'end']),
    fallback: 'flag',
    reason: 'Against mining: what happens to a session one of whose nodes uses nearly all of its processors for long.',
  },
  {
    name: 'DRYDOCK_CPU_RULE_PERCENT',
    kind: integer(1, 100),
    fallback: '90',
    reason: 'The share of its own processors from which that rule counts.',
  },
  {
    name: 'DRYDOCK_CPU_RULE_MINUTES',
    kind: integer(1, 240),
    fallback: '30',
    reason: 'For how long; the mean counts, so that a pause now and then changes nothing.',
  },
  {
    name: 'DRYDOCK_START_GATE',
    kind: oneOf(['none', 'sign-in', 'work']),
    fallback: undefined,
    reason:
      'Who may create sessions: everybody (none), those who signed in, or whose browser has computed a little (work), against machines that start thousands. Unset: sign-in where there is an issuer.',
  },
  {
    name: 'DRYDOCK_OPEN',
    kind: oneOf(['yes']),
    fallback: undefined,
    reason:
      'yes: everybody who reaches a public place may start sessions. Such a place (DRYDOCK_HOST, DRYDOCK_DOMAIN or DRYDOCK_PUBLIC_URL beyond this machine) starts only with sign-in, the work gate, keys, or this.',
  },
  {
    name: 'DRYDOCK_WORK_BITS',
    kind: integer(1, 24),
    fallback: '18',
    reason:
      'How much a start costs where the gate is work: each bit doubles it; 18 is one to three seconds of a browser.',
  },
  {
    name: 'DRYDOCK_SESSIONS_PER_USER',
    kind: integer(1, 10_000),
    fallback: '3',
    reason: 'Sessions that one person who signed in may have at once.',
  },
  {
    name: 'DRYDOCK_METRICS_HOST',
    kind: ipAddress,
    fallback: '127.0.0.1',
    reason: 'Where /metrics is served for Prometheus; never on the public port.',
  },
  {
    name: 'DRYDOCK_METRICS_PORT',
    kind: integer(1, 65535),
    fallback: undefined,
    reason: 'The port of /metrics. Unset: any free one.',
  },
];
