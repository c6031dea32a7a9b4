/** A host of the tests: runs inside a network namespace, answers with its name and asks others, on orders over standard input. */
import dgram from 'node:dgram';
import net from 'node:net';
import readline from 'node:readline';

const name = process.argv[2] ?? 'peer';
/** @type {Map<number, net.Socket | dgram.Socket>} */
const opened = new Map();
let lastId = 0;

/** @param {{protocol: string, port: number}} order */
function listen({ protocol, port }) {
  if (protocol === 'udp') {
    const socket = dgram.createSocket('udp4');
    socket.on('message', (_, from) => socket.send(name, from.port, from.address));
    return new Promise((done, failed) => {
      socket.once('error', failed);
      socket.bind(port, () => done(true));
    });
  }
  const server = net.createServer((socket) => {
    socket.on('data', () => socket.write(name));
    socket.on('error', () => socket.destroy());
  });
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '0.0.0.0', () => done(true));
  });
}

/** Opens a connection or a datagram flow that stays. @param {{protocol: string, host: string, port: number, timeout?: number}} order */
function open({ protocol, host, port, timeout = 1500 }) {
  const id = ++lastId;
  if (protocol === 'udp') {
    const socket = dgram.createSocket('udp4');
    opened.set(id, socket);
    return new Promise((done, failed) => {
      socket.once('error', failed);
      socket.connect(port, host, () => done(id));
    });
  }
  const socket = net.connect({ host, port });
  opened.set(id, socket);
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error('TIMEOUT')), timeout);
    const stop = () => clearTimeout(timer);
    socket.once('connect', stop).once('connect', () => done(id));
    socket.on('error', stop).on('error', failed);
  });
}

/** Says something on what `open` returned. The answer is the other side's name. @param {{id: number, timeout?: number}} order */
function say({ id, timeout = 1000 }) {
  const socket = opened.get(id);
  return new Promise((done, failed) => {
    if (!socket) return failed(new Error('CLOSED'));
    const event = socket instanceof net.Socket ? 'data' : 'message';
    const stop = () => {
      clearTimeout(timer);
      socket.off(event, answered);
      socket.off('error', broken);
    };
    const answered = (/** @type {Buffer} */ bytes) => {
      stop();
      done(bytes.toString());
    };
    const broken = (/** @type {Error} */ error) => {
      stop();
      failed(error);
    };
    const timer = setTimeout(() => broken(new Error('TIMEOUT')), timeout);
    socket.on(event, answered);
    socket.on('error', broken);
    if (socket instanceof net.Socket) socket.write('?');
    else socket.send('?');
  });
}

/** @param {{id: number}} order */
function close({ id }) {
  const socket = opened.get(id);
  opened.delete(id);
  if (socket instanceof net.Socket) socket.destroy();
  else socket?.close();
  return true;
}

/** New connections or flows, one after the other. Each gives the other side's name or `!` and the error's code. */
async function ask({ protocol, host, port, count = 1, timeout = 1000 }) {
  const answers = [];
  for (let i = 0; i < count; i++) {
    try {
      const id = await open({ protocol, host, port, timeout });
      try {
        answers.push(await say({ id, timeout }));
      } finally {
        close({ id });
      }
    } catch (error) {
      answers.push(`!${error.code ?? error.message}`);
    }
  }
  return answers;
}

const orders = { listen, open, say, close, ask };
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { number, order, ...rest } = JSON.parse(line);
  void Promise.resolve()
    .then(() => orders[order](rest))
    .then((result) => ({ number, result }))
    .catch((error) => ({ number, error: error.code ?? error.message }))
    .then((reply) => process.stdout.write(`${JSON.stringify(reply)}\n`));
}
process.exit(0);
