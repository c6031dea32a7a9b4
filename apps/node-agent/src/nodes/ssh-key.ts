/** Ed25519 keys in the form that OpenSSH reads, so that `ssh node2` works between the nodes of a session. */
import { createPrivateKey, randomBytes } from 'node:crypto';

export interface SshKey {
  /** PEM text of `openssh-key-v1` (OpenSSH's PROTOCOL.key), without a passphrase. */
  privateKey: string;
  /** One line for authorized_keys. */
  publicKey: string;
}

const TYPE = 'ssh-ed25519';
const SEED_BYTES = 32;
/** PKCS #8 of an Ed25519 private key up to its seed (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A length-prefixed string of the SSH wire format (RFC 4251, section 5). */
function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Makes a key with the given comment; the same seed (32 bytes) gives the same key. */
export function generateSshKey(comment: string, seed: Buffer = randomBytes(SEED_BYTES)): SshKey {
  const pkcs8 = Buffer.concat([PKCS8_PREFIX, seed]);
  const jwk = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
  const point = Buffer.from(jwk.x as string, 'base64url');
  const publicBlob = Buffer.concat([field(TYPE), field(point)]);

  // The same random number twice: a reader sees by it that decryption (none here) gave the right bytes.
  const check = randomBytes(4);
  let secret = Buffer.concat([
    ...[check, check, field(TYPE), field(point)],
    ...[field(Buffer.concat([seed, point])), field(comment)],
  ]);
  for (let pad = 1; secret.length % 8 !== 0; pad += 1) secret = Buffer.concat([secret, Buffer.from([pad])]);

  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...[field('none'), field('none'), field(''), number(1), field(publicBlob), field(secret)],
  ]);
  const lines = body.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    privateKey: ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n'),
    publicKey: `${TYPE} ${publicBlob.toString('base64')} ${comment}`,
  };
}
