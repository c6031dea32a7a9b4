import { describe, expect, it } from 'vitest';
import { matchesSiteOrigin, parseSiteOrigin } from './site-origin.ts';

describe('an origin as an operator writes it', () => {
  it.each([
    ['https://docs.example.org', 'https://docs.example.org'],
    [' HTTPS://Docs.Example.ORG/ ', 'https://docs.example.org'],
    ['https://docs.example.org:443', 'https://docs.example.org'],
    ['http://docs.example.org:80', 'http://docs.example.org'],
    ['https://docs.example.org:8443', 'https://docs.example.org:8443'],
    ['http://localhost:8000', 'http://localhost:8000'],
    ['https://*.example.org', 'https://*.example.org'],
    ['https://*.example.org:8443', 'https://*.example.org:8443'],
    ['https://münchen.example', 'https://xn--mnchen-3ya.example'],
    ['https://*.BÜCHER.example', 'https://*.xn--bcher-kva.example'],
    ['http://192.0.2.7:8080', 'http://192.0.2.7:8080'],
  ])('%s is kept as browsers write it', (text, kept) => {
    expect(parseSiteOrigin(text)).toBe(kept);
    expect(parseSiteOrigin(kept)).toBe(kept);
  });

  it.each([
    'docs.example.org',
    'null',
    '*',
    'https://*',
    'https://*.org',
    'https://*.localhost',
    'https://*.192.0.2.7',
    'https://docs.*.example.org',
    'https://*docs.example.org',
    'https://*.*.example.org',
    'https://docs.example.org/path',
    'https://user@docs.example.org',
    'https://docs.example.org:99999',
    'https://docs.example.org.',
    'https://[2001:db8::1]',
    'ftp://docs.example.org',
    "https://docs.example.org; script-src 'unsafe-inline'",
    'https://docs.example.org https://other.example',
    `https://${'a'.repeat(300)}.example`,
  ])('%s is none', (text) => expect(parseSiteOrigin(text)).toBeUndefined());
});

describe('the origin of a page', () => {
  it.each([
    ['https://docs.example.org', 'https://docs.example.org', true],
    ['https://docs.example.org', 'http://docs.example.org', false],
    ['https://docs.example.org', 'https://docs.example.org:8443', false],
    ['https://docs.example.org', 'https://docs.example.org.evil.example', false],
    ['https://docs.example.org', 'https://evil.example', false],
    ['https://docs.example.org', 'https://docs.example.org/', false],
    ['https://docs.example.org', 'https://DOCS.example.org', false],
    ['https://docs.example.org', 'null', false],
    ['https://docs.example.org', '', false],
    ['https://*.example.org', 'https://docs.example.org', true],
    ['https://*.example.org', 'https://xn--bcher-kva.example.org', true],
    ['https://*.example.org', 'https://example.org', false],
    ['https://*.example.org', 'https://.example.org', false],
    ['https://*.example.org', 'https://a.b.example.org', false],
    ['https://*.example.org', 'https://docsexample.org', false],
    ['https://*.example.org', 'http://docs.example.org', false],
    ['https://*.example.org', 'https://docs.example.org:8443', false],
    ['https://*.example.org', 'https://docs.example.org.evil.example', false],
    ['https://*.example.org', 'https://evil.example/docs.example.org', false],
    ['https://*.example.org:8443', 'https://docs.example.org:8443', true],
    ['https://*.example.org:8443', 'https://docs.example.org', false],
    ['https://xn--bcher-kva.example', 'https://bücher.example', false],
  ])('where %s is written, %s is let in: %s', (written, origin, isIn) => {
    expect(matchesSiteOrigin(written, origin)).toBe(isIn);
  });
});
