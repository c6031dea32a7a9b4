/** What headers cost: the server's and the client's parser pass 16 KiB of them, and whatever they repeat is read in one pass. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { slowRuns } from '@drydock/testkit';
import { describe, expect, it } from 'vitest';
import { createOrigins } from '../base/origins.ts';
import { MAX_POLICY } from './frame-policy.ts';
import { prepareAnswer, prepareRequest } from './headers.ts';

const ORIGIN = 'https://drydock.example';
const origins = createOrigins({
  domain: 'drydock.example',
  publicUrl: ORIGIN,
  port: () => 443,
  trustedProxies: undefined,
});
/** What a header's value may begin and end with before somebody looks at the middle. */
const AROUND = [
  ['', ''],
  ['', 'x'],
  ['frame-ancestors', 'x'],
  ["default-src 'self'; frame-ancestors", "'none'"],
  ['a=1;', 'domain'],
  ['a=1; domain', ';'],
] as const;

const OF_REQUESTS = [
  ...['accept', 'authorization', 'connection', 'cookie', 'forwarded', 'host', 'origin', 'referer', 'te', 'upgrade'],
  ...['sec-websocket-protocol', 'transfer-encoding', 'x-forwarded-for', 'x-of-a-program'],
];
const OF_ANSWERS = [
  ...['connection', 'content-security-policy', 'content-security-policy-report-only', 'content-type', 'link'],
  ...['location', 'refresh', 'server', 'set-cookie', 'transfer-encoding', 'x-frame-options', 'x-of-a-program'],
];

const headersOf = (name: string, value: string): IncomingHttpHeaders =>
  name === 'set-cookie' ? { 'set-cookie': [value] } : { [name]: value };

function answered(headers: IncomingHttpHeaders, prefix?: string): IncomingHttpHeaders {
  prepareAnswer(headers, { prefix, publicOrigin: ORIGIN });
  return headers;
}

function asked(headers: IncomingHttpHeaders, sameOrigin: boolean): IncomingHttpHeaders {
  const request = { headers, socket: { remoteAddress: '192.0.2.1' } } as unknown as IncomingMessage;
  prepareRequest(request, { origins, stripAuthorization: false, sameOrigin, upgrade: false });
  return headers;
}

/** Around a run that is just within the bound of a policy. */
const SHORT_POLICY = { around: AROUND, longest: MAX_POLICY - 64, times: 16 };

describe('headers are read in one pass, whatever they repeat', () => {
  it('a policy that is short enough to be read', () => {
    const read = (text: string) => answered(headersOf('content-security-policy', text));
    expect(read(`frame-ancestors ${'x'.repeat(SHORT_POLICY.longest - 1)}`)['content-security-policy']).toContain(
      ORIGIN,
    );
    expect(slowRuns(read, SHORT_POLICY)).toEqual([]);
  });

  it.each(OF_ANSWERS)('%s of an answer', (name) => {
    expect(slowRuns((text) => answered(headersOf(name, text)), { around: AROUND })).toEqual([]);
    expect(slowRuns((text) => answered(headersOf(name, text), '/p/a/node1/80'), { around: AROUND })).toEqual([]);
  });

  it.each(OF_REQUESTS)('%s of a request', (name) => {
    expect(slowRuns((text) => asked(headersOf(name, text), false), { around: AROUND })).toEqual([]);
    expect(slowRuns((text) => asked(headersOf(name, text), true), { around: AROUND })).toEqual([]);
  });

  it('the name of a header', () => {
    expect(slowRuns((text) => asked({ [text]: '1' }, false))).toEqual([]);
    expect(slowRuns((text) => answered({ [text]: '1' }, '/p/a/node1/80'))).toEqual([]);
  });
});

describe('who may frame a page', () => {
  const policyOf = (policy: string, option?: string) =>
    answered({ 'content-security-policy': policy, ...(option === undefined ? {} : { 'x-frame-options': option }) });

  it('is whom its policy names, and the workbench', () => {
    const framed = (policy: string) => policyOf(policy)['content-security-policy'];
    expect(framed("frame-ancestors\t 'NONE'")).toBe(`frame-ancestors ${ORIGIN}`);
    expect(
      framed("default-src 'self'; Frame-Ancestors 'self' https://a.example;img-src *, frame-ancestors 'none'"),
    ).toBe(
      `default-src 'self'; Frame-Ancestors 'self' https://a.example ${ORIGIN};img-src *, frame-ancestors ${ORIGIN}`,
    );
    // The word in another directive is none, and takes nothing from the older header.
    const other = "img-src https://a.example/frame-ancestors; object-src 'none'";
    expect(framed(other)).toBe(other);
    expect(policyOf(other, 'deny')['content-security-policy']).toBe(`${other}, frame-ancestors ${ORIGIN}`);
    expect(answered({ 'x-frame-options': 'SAMEORIGIN, DENY' })['content-security-policy']).toBe(
      `frame-ancestors ${ORIGIN}`,
    );
  });

  it('is nobody else where a policy is too long to be read: it passes as it is, and so does the older header', () => {
    const long = `frame-ancestors 'none'; img-src ${'https://a.example '.repeat(MAX_POLICY / 16)}`;
    expect(policyOf(long, 'DENY')).toMatchObject({ 'content-security-policy': long, 'x-frame-options': 'DENY' });
    const reporting = { 'content-security-policy-report-only': long };
    expect(answered(reporting)['content-security-policy-report-only']).toBeUndefined();
  });

  it('is in a sandbox below a path of our origin, however long its policy', () => {
    const long = `img-src ${'https://a.example '.repeat(MAX_POLICY / 16)}`;
    const { 'content-security-policy': policy } = answered({ 'content-security-policy': long }, '/p/a/node1/80');
    expect(String(policy).startsWith(`${long}, sandbox `)).toBe(true);
  });
});
