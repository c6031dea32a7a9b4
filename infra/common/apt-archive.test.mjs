import { expect, test } from 'vitest';
import { findArchive, findRelease, hostRelease, sourcesFor } from './apt-archive.mjs';

const DEBIAN_12 = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n';
const UBUNTU = 'PRETTY_NAME="Ubuntu 24.04"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\nUBUNTU_CODENAME=noble\n';

test('Debian and Ubuntu are told apart, and whatever is neither is refused by name', () => {
  expect(hostRelease(DEBIAN_12)).toEqual({ family: 'debian', codename: 'bookworm' });
  expect(hostRelease(UBUNTU)).toEqual({ family: 'ubuntu', codename: 'noble' });
  expect(() => hostRelease('PRETTY_NAME="Fedora 40"\nID=fedora\n')).toThrow(/Fedora 40/);
});

test('a host’s own archive is turned to the nodes’ release, with its updates and nobody else’s', () => {
  const targets = [
    'Debian|bookworm|http://archive.example/debian/',
    'Debian|bookworm-updates|http://archive.example/debian/',
    'Debian|bookworm-security|http://archive.example/security/',
    'Debian Backports|bookworm-backports|http://archive.example/debian/',
    'Debian|bookworm-backports|http://archive.example/debian/',
    'Docker|bookworm|http://elsewhere.example/debian/',
    'Debian|bookworm|http://archive.example/debian/',
  ].join('\n');
  expect(sourcesFor(targets, 'debian', 'bookworm', 'trixie', 'main')).toEqual([
    'deb http://archive.example/debian trixie main',
    'deb http://archive.example/debian trixie-updates main',
    'deb http://archive.example/security trixie-security main',
  ]);
});

test('without the release’s main archive there is none at all', () => {
  expect(sourcesFor('', 'debian', 'bookworm', 'trixie', 'main')).toEqual([]);
  const security = 'Debian|bookworm-security|http://archive.example/security/';
  expect(sourcesFor(security, 'debian', 'bookworm', 'trixie', 'main')).toEqual([]);
});

test('this very host has a release, and a mirror that is named takes the place of its archive', async () => {
  const release = await findRelease();
  expect(release.arch).toMatch(/^[a-z0-9]+$/);
  const { sources } = await findArchive(release, { DRYDOCK_APT_MIRROR: 'http://archive.example/debian' });
  expect(sources).toHaveLength(1);
  expect(sources[0]).toContain(`deb http://archive.example/debian ${release.suite} main`);
});
