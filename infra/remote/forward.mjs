/**
 * `npm run forward -- LINK NODE:PORT [LOCAL-PORT]`: a TCP port of a node as a port of this machine, for whatever speaks no HTTP.
 * LINK is a session's link as its owner or a collaborator has it (`https://lab.example/s/<session>#<token>`); `-` reads it from stdin, so that
 * it stands in no list of processes.
 */
import { createServer } from 'node:net';
import { createWebSocketStream, WebSocket } from 'ws';
import { EXIT, readLink } from './link.mjs';

/** How much of a refusal is read (bytes). */
const MAX_REFUSAL = 4096;

/** @param {string} sentence @param {number} code @returns {never} */
function fail(sentence, code) {
  console.error(`forward: ${sentence}`);
  process.exit(code);
}

/** @param {string[]} args */
async function readArguments([link = '', at = '', local]) {
  const [, node = '', port = ''] = /^([a-z][a-z0-9-]*):(\d{1,5})$/.exec(at) ?? [];
  const place = await readLink(link);
  if (place === undefined || node === '') {
    fail("npm run forward -- 'http://localhost:3000/s/<session>#<token>' node1:6379 [local port]", EXIT.usage);
  }
  return {
    target: `${place.origin}/api/v1/sessions/${place.session}/nodes/${node}/ports/${port}/tcp`,
    headers: { authorization: `Bearer ${place.token}` },
    local: Number(local ?? port),
  };
}

/** Says why the other side did not open the port. @param {import('node:http').IncomingMessage} answer */
async function explain(answer) {
  let text = '';
  for await (const chunk of answer) if (text.length < MAX_REFUSAL) text += chunk;
  try {
    const { error } = JSON.parse(text);
    console.error(`forward: ${error.code}: ${error.message}`);
  } catch {
    console.error(`forward: status ${answer.statusCode}`);
  }
}

const { target, headers, local } = await readArguments(process.argv.slice(2));
const server = createServer((socket) => {
  const client = new WebSocket(target, { headers, perMessageDeflate: false });
  const stream = createWebSocketStream(client);
  client.once('unexpected-response', (_request, answer) => {
    void explain(answer).finally(() => client.terminate());
    socket.destroy();
  });
  stream.on('error', () => socket.destroy());
  socket.on('error', () => stream.destroy());
  socket.once('close', () => client.close());
  socket.pipe(stream).pipe(socket);
});
server.once('error', (error) => fail(`port ${local} of this machine: ${error.message}`, EXIT.unavailable));
server.listen(local, '127.0.0.1', () => {
  const address = server.address();
  const { port } = typeof address === 'object' && address !== null ? address : { port: local };
  console.log(
    `127.0.0.1:${port} leads to ${target
      .replace(/^.*\/nodes\//, '')
      .replace('/ports/', ':')
      .replace('/tcp', '')}; Ctrl-C ends it.`,
  );
});
