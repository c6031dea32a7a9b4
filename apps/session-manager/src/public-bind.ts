/** What changes when a place is open to others than its own machine (infra/bootstrap/settings/public-bind.mjs says the same to npm start). */

/** What the defaults of a public place depend on, as the environment says it. */
interface BindEnv {
  DRYDOCK_HOST: string;
  DRYDOCK_DOMAIN: string;
  DRYDOCK_PUBLIC_URL?: string | undefined;
  DRYDOCK_START_GATE?: string | undefined;
  DRYDOCK_OIDC_ISSUER?: string | undefined;
  DRYDOCK_OPEN?: 'yes' | undefined;
  DRYDOCK_EGRESS?: 'internet' | 'mirror-only' | 'none' | undefined;
  DRYDOCK_PORT_WARNING?: '0' | '1' | undefined;
  DRYDOCK_IDLE_MINUTES?: number | undefined;
  DRYDOCK_EMBED?: 'off' | 'keys' | 'open' | undefined;
}

/** Settings that are never unset after defaults by bind. */
export interface BindDefaults {
  DRYDOCK_EGRESS: BindEnv['DRYDOCK_EGRESS'];
  DRYDOCK_PORT_WARNING: '0' | '1';
  DRYDOCK_IDLE_MINUTES: number;
  DRYDOCK_EMBED: 'off' | 'keys' | 'open';
}

/** Minutes without use after which a session of a public place ends. */
const PUBLIC_IDLE_MINUTES = 45;

/** What a manager says that does not start. */
export const OPEN_PLACE =
  'DRYDOCK_OPEN: others than this machine can reach this place (DRYDOCK_HOST, DRYDOCK_DOMAIN or DRYDOCK_PUBLIC_URL), and nothing says who may start sessions; choose sign-in (DRYDOCK_OIDC_ISSUER), work (DRYDOCK_START_GATE=work), keys (where DRYDOCK_START_GATE offers them), or everybody (DRYDOCK_OPEN=yes)';

const isLoopback = (name: string) => /^(127\.\d+\.\d+\.\d+|\[?::1\]?|(.+\.)?localhost)$/.test(name);

function isPublic({ DRYDOCK_HOST: host, DRYDOCK_DOMAIN: domain, DRYDOCK_PUBLIC_URL: url }: BindEnv): boolean {
  return [host, domain, ...(url === undefined ? [] : [new URL(url).hostname])].some((name) => !isLoopback(name));
}

/** Whether everybody may start in a public place by nobody's choice. */
export function openByAccident(env: BindEnv): boolean {
  const { DRYDOCK_START_GATE: gate = 'none' } = env;
  const signsIn = env.DRYDOCK_OIDC_ISSUER !== undefined && env.DRYDOCK_START_GATE !== 'none';
  return isPublic(env) && !signsIn && gate === 'none' && env.DRYDOCK_OPEN !== 'yes';
}

/** What holds where nothing is set: on the machine's own loopback as ever; hosts decide about egress there. */
export function cautiousDefaults(env: BindEnv): BindDefaults {
  const open = isPublic(env);
  return {
    DRYDOCK_EGRESS: env.DRYDOCK_EGRESS ?? (open ? 'mirror-only' : undefined),
    DRYDOCK_PORT_WARNING: env.DRYDOCK_PORT_WARNING ?? (open ? '1' : '0'),
    DRYDOCK_IDLE_MINUTES: env.DRYDOCK_IDLE_MINUTES ?? (open ? PUBLIC_IDLE_MINUTES : 0),
    DRYDOCK_EMBED: env.DRYDOCK_EMBED ?? (open ? 'keys' : 'open'),
  };
}
