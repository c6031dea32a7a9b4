/** Python with its whole standard library, pip and venv. */
import { versionTags } from '../version-tags.mjs';

/** @type {import('../catalogue.mjs').LibraryImage} */
export const python = {
  repository: 'library/python',
  description: 'Python with its whole standard library, pip and venv',
  base: 'debian',
  packages: [
    'python3',
    'python3-venv',
    'python3-pip',
    'python3-tk',
    'python3-gdbm',
    'idle',
    'libpython3-stdlib',
    'ca-certificates',
  ],
  versionOf: 'python3',
  tags: ({ version }) => [...versionTags(version), 'latest'],
  finish: [
    'ln -s ../../bin/python3 /usr/local/bin/python && ln -s ../../bin/pip3 /usr/local/bin/pip',
    // In an image of its own there is no system Python to protect from pip.
    'rm -f /usr/lib/python3*/EXTERNALLY-MANAGED',
    'find /usr/lib/python3* -name __pycache__ -prune -exec rm -rf {} +',
  ],
  config: { Cmd: ['python3'], Env: ['LANG=C.UTF-8', 'PYTHONDONTWRITEBYTECODE=1'] },
};
