/** A session's link as its owner or a collaborator has it, for commands on one's own machine. */

/** Exit codes of sysexits.h. */
export const EXIT = { usage: 64, unavailable: 69 };

/**
 * @typedef {object} Place
 * @property {string} origin of WebSockets, with the path below which Drydock lies
 * @property {string} session
 * @property {string} token
 */

/**
 * Reads `https://lab.example/s/<session>#<token>`; `-` takes it from stdin, so that it stands in no list of processes.
 * @param {string} given
 * @returns {Promise<Place | undefined>} undefined for what is no such link
 */
export async function readLink(given) {
  const text = given === '-' ? await fromStdin() : given;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Drydock may lie below a path of a shared origin.
  const [, base = '', session] = /^(\/.+)?\/s\/([a-z2-7]{8})\/?$/.exec(url?.pathname ?? '') ?? [];
  const token = url?.hash.slice(1) ?? '';
  if (url === undefined || session === undefined || token === '') return undefined;
  return { origin: `${url.protocol === 'https:' ? 'wss:' : 'ws:'}//${url.host}${base}`, session, token };
}

async function fromStdin() {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  return text.trim();
}
