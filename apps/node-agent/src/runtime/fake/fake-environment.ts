/** What programs of a fake node get: enough to run, and `HOME`, by which they are known as the node's. */
import { dirname, join } from 'node:path';

/** Of the node whose root directory is `home`; what the node has itself comes first. */
export function fakeEnvironment(home: string): Record<string, string> {
  const programs = [join(home, 'usr/local/bin'), dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'];
  return { HOME: home, PATH: programs.join(':'), USER: 'root', LANG: 'C.UTF-8' };
}
