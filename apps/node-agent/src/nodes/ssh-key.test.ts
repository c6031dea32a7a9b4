import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateSshKey } from './ssh-key.ts';

test('two keys differ, and each has the shape of OpenSSH’s', () => {
  const [one, two] = [generateSshKey('a'), generateSshKey('a')];
  expect(one.publicKey).not.toBe(two.publicKey);
  expect(one.publicKey).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/=]+ a$/);
  expect(one.privateKey).toMatch(
    /^-----BEGIN OPENSSH PRIVATE KEY-----\n([A-Za-z0-9+/=]{1,70}\n)+-----END OPENSSH PRIVATE KEY-----\n$/,
  );
});

test.skipIf(!existsSync('/usr/bin/ssh-keygen'))(
  'OpenSSH finds the public key in the private one (needs ssh-keygen)',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'drydock-key-'));
    try {
      const key = generateSshKey('session-abc');
      writeFileSync(join(directory, 'key'), key.privateKey, { mode: 0o600 });
      const derived = execFileSync('ssh-keygen', ['-y', '-f', join(directory, 'key')])
        .toString()
        .trim();
      expect(derived).toBe(key.publicKey);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);
