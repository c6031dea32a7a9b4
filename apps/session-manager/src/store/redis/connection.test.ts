import { type AddressInfo, createServer } from 'node:net';
import { createLogger } from '@drydock/service-kit';
import { expect, it } from 'vitest';
import { createRedisConnection } from './connection.ts';

it('of a Redis that refuses us the log has its words, and not the password', async () => {
  const server = createServer((socket) => {
    const refuse = (data: Buffer) => {
      for (const _command of String(data).matchAll(/\*\d/g))
        socket.write('-WRONGPASS invalid username-password pair\r\n');
    };
    socket.on('error', () => undefined).on('data', refuse);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const lines: string[] = [];
  const logger = createLogger('test', 'debug', { write: (line: string) => void lines.push(line) });
  const connection = createRedisConnection(`redis://place:sesame@127.0.0.1:${port}`, undefined, logger);
  await connection.open(300).catch((err: unknown) => logger.error({ err }, 'not opened'));
  connection.close();
  server.close();
  expect(lines.join()).toContain('WRONGPASS');
  expect(lines.join()).not.toContain('sesame');
});
