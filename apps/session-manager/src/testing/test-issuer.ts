/** A real OpenID Connect issuer on this machine, and a browser that is just enough to sign in at it. */
import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export interface TestPerson {
  email?: string;
  verified?: boolean;
  name?: string;
  groups?: string[];
}

export interface TestIssuer {
  readonly url: string;
  /** Makes it an issuer for one client; before that it does not answer. */
  open(redirectUri: string): void;
  readonly clientId: string;
  readonly clientSecret: string;
  close(): Promise<void>;
}

/** Starts it; whoever signs in as a name of `people` is that person. */
export async function startTestIssuer(people: Record<string, TestPerson>): Promise<TestIssuer> {
  let serve: RequestListener = (_request, response) => response.writeHead(503).end();
  const server = createServer((request, response) => serve(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clientId = 'drydock';
  const clientSecret = randomBytes(24).toString('base64url');
  return {
    url,
    clientId,
    clientSecret,
    open(redirectUri) {
      const provider = new Provider(url, {
        clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
        pkce: { required: () => true },
        cookies: { keys: [randomBytes(16).toString('hex')] },
        claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
        findAccount: (_context: unknown, id: string) => ({
          accountId: id,
          claims: async () => {
            const { email, verified = true, name, groups } = people[id] ?? {};
            return { sub: id, email, email_verified: email === undefined ? undefined : verified, name, groups };
          },
        }),
      });
      serve = provider.callback();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface TestBrowser {
  /** Goes to an address and on through redirects of `origins` (all when undefined); the answer is the last one. */
  visit(url: string, options?: { method?: string; form?: Record<string, string> }): Promise<BrowserPage>;
  cookies(origin: string): Map<string, string>;
  /** The raw Set-Cookie lines that came from an origin. */
  setCookies(origin: string): string[];
}

export interface BrowserPage {
  url: string;
  status: number;
  text: string;
}

const MAX_REDIRECTS = 20;

/** A browser without pages: a cookie jar for each origin, and redirects, but not to where `stopBefore` begins (status 0 there). */
export function createTestBrowser({ stopBefore }: { stopBefore?: string } = {}): TestBrowser {
  const jars = new Map<string, Map<string, string>>();
  const lines = new Map<string, string[]>();
  const jarOf = (origin: string) => {
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    return jar;
  };

  function keep(origin: string, set: readonly string[]): void {
    lines.set(origin, [...(lines.get(origin) ?? []), ...set]);
    for (const line of set) {
      const [pair = '', ...attributes] = line.split(';');
      const equals = pair.indexOf('=');
      const over = attributes.some((attribute) => /^\s*(max-age=0|expires=Thu, 01 Jan 1970)/i.test(attribute));
      if (over) jarOf(origin).delete(pair.slice(0, equals));
      else jarOf(origin).set(pair.slice(0, equals), pair.slice(equals + 1));
    }
  }

  async function step(url: URL, method: string, form?: Record<string, string>): Promise<Response> {
    const cookie = [...jarOf(url.origin)].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { ...(cookie === '' ? {} : { cookie }), accept: 'text/html' },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    keep(url.origin, response.headers.getSetCookie());
    return response;
  }

  return {
    cookies: jarOf,
    setCookies: (origin) => lines.get(origin) ?? [],
    async visit(address, { method = 'GET', form } = {}) {
      let url = new URL(address);
      let response = await step(url, method, form);
      for (let hops = 0; response.status >= 300 && response.status < 400; hops += 1) {
        if (hops === MAX_REDIRECTS) throw new Error('too many redirects');
        url = new URL(response.headers.get('location') ?? '', url);
        if (stopBefore !== undefined && url.href.startsWith(stopBefore)) return { url: url.href, status: 0, text: '' };
        response = await step(url, 'GET');
      }
      return { url: url.href, status: response.status, text: await response.text() };
    },
  };
}

/** Fills the issuer's two forms (who one is, what one allows) from `page` on; returns the page after them. */
export async function passIssuer(browser: TestBrowser, page: BrowserPage, login: string): Promise<BrowserPage> {
  let current = page;
  for (const form of [{ prompt: 'login', login, password: 'x' }, { prompt: 'consent' }]) {
    if (!current.url.includes('/interaction/')) return current;
    const action = /<form[^>]* action="([^"]+)"/.exec(current.text)?.[1] ?? current.url;
    current = await browser.visit(new URL(action, current.url).href, { method: 'POST', form });
  }
  return current;
}
