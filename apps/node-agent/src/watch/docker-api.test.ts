import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createDockerApi, EngineError } from './docker-api.ts';

let server: http.Server;
afterEach(() => server.close());

async function engine(status: number, body: string) {
  server = http.createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return createDockerApi(() => net.connect(port, '127.0.0.1'));
}

test('a refusal is told in the engine’s own words, cut to a sentence’s length', async () => {
  const words = 'The swarm does not have a leader.';
  await expect((await engine(503, JSON.stringify({ message: words }))).get('/nodes')).rejects.toThrow(
    new EngineError(words),
  );
  server.close();
  const asked = (await engine(503, JSON.stringify({ message: 'x'.repeat(4000) }))).get('/nodes');
  const long: unknown = await asked.catch((error: unknown) => error);
  expect(long).toBeInstanceOf(EngineError);
  expect((long as EngineError).message.length).toBeLessThanOrEqual(4096);
});

test('a refusal that is nonsense, or endless, is its status', async () => {
  for (const nonsense of ['{', '[]', `{"message":"${'x'.repeat(1_000_000)}`]) {
    await expect((await engine(500, nonsense)).get('/tasks')).rejects.toThrow(new EngineError('status 500'));
    server.close();
  }
});
