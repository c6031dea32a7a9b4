import { describe, expect, it } from 'vitest';
import { describeFailure } from '../../common/problem.mjs';
import { loadSettings } from './load-settings.mjs';
import { isPublic, openByAccident } from './public-bind.mjs';

const NO_FILE = '/nonexistent/.env';
const ISSUER = 'https://login.example.org';

describe('a place that others reach', () => {
  it.each([
    { DRYDOCK_HOST: '0.0.0.0' },
    { DRYDOCK_HOST: '::' },
    { DRYDOCK_HOST: '10.0.0.5' },
    { DRYDOCK_DOMAIN: 'lab.example.org' },
    { DRYDOCK_PUBLIC_URL: 'https://lab.example.org/lab' },
  ])('is known by %o', (settings) => {
    expect(isPublic(loadSettings(settings, NO_FILE))).toBe(true);
    expect(describeFailure(openByAccident(loadSettings(settings, NO_FILE)))).toMatch(
      /DRYDOCK_OIDC_ISSUER.*DRYDOCK_START_GATE=work.*keys.*DRYDOCK_OPEN=yes/s,
    );
  });

  it.each([
    { DRYDOCK_OPEN: 'yes' },
    { DRYDOCK_START_GATE: 'work' },
    { DRYDOCK_OIDC_ISSUER: ISSUER, DRYDOCK_OIDC_CLIENT_ID: 'x' },
  ])('starts by the choice %o', (choice) => {
    expect(openByAccident(loadSettings({ DRYDOCK_HOST: '0.0.0.0', ...choice }, NO_FILE))).toBeUndefined();
  });

  it('does not take sign-in that nobody needs for a choice', () => {
    const settings = { DRYDOCK_HOST: '0.0.0.0', DRYDOCK_OIDC_ISSUER: ISSUER, DRYDOCK_START_GATE: 'none' };
    expect(openByAccident(loadSettings(settings, NO_FILE))).toBeDefined();
  });

  it('starts with cautious defaults, and keeps what is set', () => {
    const cautious = {
      DRYDOCK_EGRESS: 'mirror-only',
      DRYDOCK_PORT_WARNING: '1',
      DRYDOCK_IDLE_MINUTES: '45',
      DRYDOCK_FLOW_LOG_DAYS: '7',
      DRYDOCK_EMBED: 'keys',
    };
    expect(loadSettings({ DRYDOCK_HOST: '0.0.0.0' }, NO_FILE)).toMatchObject(cautious);
    const own = {
      DRYDOCK_EGRESS: 'internet',
      DRYDOCK_IDLE_MINUTES: '0',
      DRYDOCK_PORT_WARNING: '0',
      DRYDOCK_EMBED: 'off',
    };
    expect(loadSettings({ DRYDOCK_HOST: '0.0.0.0', ...own }, NO_FILE)).toMatchObject(own);
  });
});

it.each([{}, { DRYDOCK_HOST: '127.0.0.2' }, { DRYDOCK_HOST: '::1' }, { DRYDOCK_PUBLIC_URL: 'http://localhost:3000' }])(
  'a place of this machine alone needs no choice and keeps its defaults: %o',
  (given) => {
    const settings = loadSettings(given, NO_FILE);
    expect(openByAccident(settings)).toBeUndefined();
    expect(settings).toMatchObject({
      DRYDOCK_EGRESS: 'internet',
      DRYDOCK_PORT_WARNING: '0',
      DRYDOCK_IDLE_MINUTES: '0',
      DRYDOCK_EMBED: 'open',
    });
    expect(settings.DRYDOCK_FLOW_LOG_DAYS).toBeUndefined();
  },
);
