/** The operator's certificate: read at the start, and again when its files change, as renewals do every few weeks. */
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Logger } from '@drydock/service-kit';

/** How often the files are looked at (ms). */
const LOOK_MS = 60_000;

export interface TlsSettings {
  certFile: string;
  keyFile: string;
}

interface Certificate {
  cert: Buffer;
  key: Buffer;
}

export interface TlsFiles {
  /** @throws when a file cannot be read, or the two do not fit. */
  read(): Certificate;
  /** Calls with each new certificate until the answer is called. */
  watch(use: (certificate: Certificate) => void): () => void;
}

/** Builds the reader. */
export function createTlsFiles({ certFile, keyFile }: TlsSettings, logger: Logger, lookMs = LOOK_MS): TlsFiles {
  function read(): Certificate {
    const certificate = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    createSecureContext(certificate);
    return certificate;
  }

  return {
    read,
    watch(use) {
      const look = () => {
        try {
          use(read());
          logger.info({ certFile }, 'the certificate was read anew');
        } catch (err) {
          // Half of a renewal is no certificate; the old one stays until both halves are there.
          logger.warn({ err, certFile }, 'the new certificate is not usable yet');
        }
      };
      for (const file of [certFile, keyFile]) watchFile(file, { interval: lookMs, persistent: false }, look);
      return () => {
        for (const file of [certFile, keyFile]) unwatchFile(file, look);
      };
    },
  };
}
