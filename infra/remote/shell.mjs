/**
 * `npm run shell -- LINK NODE`: a terminal of a node in the terminal one is in, by the session's link alone: no key, no open port of the node.
 * Ctrl-] leaves it. It speaks `/terminal-socket` (docs/PROTOCOL.md, T-20 on), as the page does.
 */
import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { EXIT, readLink } from './link.mjs';
import { decodeOutput, encodeAck, encodeInput } from './terminal-frames.mjs';

/** Ctrl-], as telnet has it; what is typed before it in the same piece is still sent. */
const LEAVE = 0x1d;
/** One input (bytes): what the server takes at once. */
const MAX_INPUT = 64 * 1024;
/** Between two pings (ms): proxies end what is silent. */
const PING_MS = 20_000;
const END_OF_TEXT = Buffer.from([4]);
const { stdin, stdout } = process;

/** @param {string} sentence @param {number} code @returns {never} */
function leave(sentence, code) {
  if (stdin.isTTY) stdin.setRawMode(false);
  if (sentence !== '') console.error(`shell: ${sentence}`);
  process.exit(code);
}

const [link = '', node = ''] = process.argv.slice(2);
// What is typed belongs to the shell: the link is never read from stdin here.
const place = link === '-' ? undefined : await readLink(link);
if (place === undefined || !/^[a-z][a-z0-9-]*$/.test(node)) {
  leave("npm run shell -- 'http://localhost:3000/s/<session>#<token>' node1", EXIT.usage);
}

// A terminal without a size says 0.
const size = () => ({ cols: stdout.columns || 80, rows: stdout.rows || 24 });
const socket = new WebSocket(`${place.origin}/terminal-socket`, { perMessageDeflate: false });
const writer = `shell-${randomBytes(8).toString('hex')}`;
/** @type {Map<number, (answer: any) => void>} */
const calls = new Map();
let lastCall = 0;
let seq = 0;
let terminalId = '';
/** The one who types wants to go: how the shell ends is no news. */
let leaving = false;

/** @param {string} name @param {object} request @returns {Promise<any>} never for what is refused: that ends all */
function call(name, request) {
  lastCall += 1;
  const number = lastCall;
  socket.send(JSON.stringify({ call: number, name, request }));
  return new Promise((resolve) => calls.set(number, resolve));
}

/** @param {Buffer} bytes */
function type(bytes) {
  for (let at = 0; at < bytes.length; at += MAX_INPUT) {
    lastCall += 1;
    seq += 1;
    socket.send(encodeInput({ call: lastCall, terminalId, writer, seq }, bytes.subarray(at, at + MAX_INPUT)));
  }
}

/** @param {Buffer} bytes */
function onTyped(bytes) {
  const end = stdin.isTTY ? bytes.indexOf(LEAVE) : -1;
  type(end === -1 ? bytes : bytes.subarray(0, end));
  if (end === -1) return;
  leaving = true;
  void call('terminal:close', { terminalId }).then(() => leave('', 0));
}

/** @param {any} message */
function onText(message) {
  // What it said last is written first.
  if (message.event === 'terminal:exit')
    stdout.write('', () => leave('', leaving ? 0 : (message.message.exitCode ?? 0)));
  // It could not keep up: the screen stands for what was left out.
  if (message.event === 'terminal:screen') stdout.write(`\x1bc${message.message.screen}`);
  if (message.error) leave(`${message.error.code}: ${message.error.message}`, EXIT.unavailable);
  calls.get(message.call)?.(message.answer);
  calls.delete(message.call);
}

socket.on('message', (data, isBinary) => {
  if (!isBinary) return onText(JSON.parse(String(data)));
  const output = decodeOutput(/** @type {Buffer} */ (data));
  if (output === undefined) return;
  // Acknowledged when it is out: a slow terminal slows the program, as any does.
  stdout.write(output.data, () => socket.send(encodeAck(output.terminalId, output.offset + output.data.length)));
});
socket.once('error', (error) => leave(`${place.origin}: ${error.message}`, EXIT.unavailable));
socket.once('close', (_code, reason) =>
  leave(String(reason) || 'the connection broke; what runs in the terminal goes on', EXIT.unavailable),
);
socket.once('open', async () => {
  socket.send(JSON.stringify({ sessionId: place.session, token: place.token }));
  setInterval(() => socket.ping(), PING_MS);
  const opened = await call('terminal:open', { node, ...size() });
  terminalId = opened.terminalId;
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.on('data', onTyped).once('end', () => type(END_OF_TEXT));
  stdout.on('resize', () => void call('terminal:resize', { terminalId, ...size() }));
});
