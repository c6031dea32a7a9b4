import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';

let test: TestManager;
let web: Server;

beforeEach(async () => {
  // In the place of the pages: says which path it was asked for.
  web = createServer((request, response) => response.end(request.url)).listen(0, '127.0.0.1');
  await once(web, 'listening');
  const webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  test = await startTestManager({ settings: { publicUrl: 'https://example.org/tools/lab', webUrl } });
});
afterEach(async () => {
  await test.stop();
  web.close();
});

describe('below a path of its origin', () => {
  const text = async (path: string) => (await fetch(`${test.origin}${path}`)).text();

  it('answers calls with the path, and without it where a proxy took it off', async () => {
    for (const path of ['/tools/lab/api/v1/status', '/api/v1/status']) {
      expect((await fetch(`${test.origin}${path}`)).status, path).toBe(200);
    }
    // What only begins like the path is not below it.
    expect(await text('/tools/laboratory/api')).toBe('/tools/lab/tools/laboratory/api');
  });

  it('asks for pages by the path that they were built for', async () => {
    expect(await text('/tools/lab/s/aaaaaaaa?x=1')).toBe('/tools/lab/s/aaaaaaaa?x=1');
    expect(await text('/s/aaaaaaaa')).toBe('/tools/lab/s/aaaaaaaa');
    expect(await text('/tools/lab')).toBe('/tools/lab');
    expect(await text('/tools/lab/?x=1')).toBe('/tools/lab?x=1');
  });

  it('makes links with the path', async () => {
    await test.host();
    const { session, links } = await test.createSession();
    expect(links.owner).toMatch(new RegExp(`^https://example\\.org/tools/lab/s/${session.id}#`));
  });

  it('takes sockets with the path and without it', async () => {
    for (const path of ['/tools/lab/socket.io/', '/socket.io/']) {
      const { status } = await fetch(`${test.origin}${path}?EIO=4&transport=polling`, {
        headers: { origin: 'https://example.org' },
      });
      // Polling is refused by name (TRANSPORT_UNKNOWN), which only socket.io itself does.
      expect([200, 400], path).toContain(status);
    }
  });
});
