/** A certificate of a test's own, signed by nobody. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestCertificate {
  certFile: string;
  keyFile: string;
  cert: Buffer;
  key: Buffer;
  /** Makes another one in the same files. */
  renew(): void;
  remove(): void;
}

/** Makes one for `name` and all names below it. */
export function makeCertificate(name: string): TestCertificate {
  const directory = mkdtempSync(join(tmpdir(), 'dd-tls-'));
  const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const renew = () => {
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name},DNS:*.${name}`];
    const files = ['-nodes', '-days', '1', '-keyout', keyFile, '-out', certFile];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, ...files], { stdio: 'ignore' });
  };
  renew();
  return {
    certFile,
    keyFile,
    cert: readFileSync(certFile),
    key: readFileSync(keyFile),
    renew,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
