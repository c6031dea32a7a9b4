/** Asks a Redis whether it is there and lets us in, in its own protocol and without a library. */
import { readFileSync } from 'node:fs';
import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';

/**
 * @param {string} address redis:// or rediss://, also of a cluster's first server, with user and password if it has any
 * @param {number} limitMs
 * @param {string} [caFile] who signed its certificate
 * @returns {Promise<string | undefined>} undefined when it answered PONG, else what went wrong
 */
export function pingRedis(address, limitMs, caFile) {
  const url = new URL(address);
  const tls = caFile === undefined ? {} : { ca: readFileSync(caFile) };
  const host = url.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1';
  const port = Number(url.port || 6379);
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);

  return new Promise((resolve) => {
    const socket = url.protocol.startsWith('rediss')
      ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...tls })
      : connect({ host, port });
    let answer = '';
    /** @param {string | undefined} complaint */
    const end = (complaint) => {
      socket.destroy();
      resolve(complaint);
    };
    socket.setTimeout(limitMs, () => end(`no answer within ${limitMs / 1000} s`));
    socket.on('error', (error) => end(/** @type {NodeJS.ErrnoException} */ (error).code ?? error.message));
    socket.on('close', () => end('it closed the connection'));
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
      if (answer.includes('+PONG\r\n')) end(undefined);
      else if (/(^|\n)-[^\n]*\r\n/.test(answer)) end(/-([^\r\n]*)/.exec(answer)?.[1] ?? answer);
    });
    const login = password === '' ? '' : command(user === '' ? ['AUTH', password] : ['AUTH', user, password]);
    socket.write(login + command(['PING']));
  });
}

/** @param {string[]} words */
function command(words) {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
