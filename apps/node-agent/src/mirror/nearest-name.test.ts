import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

const names = [
  'alpine',
  'busybox',
  'debian',
  'drydock/web',
  'hello-world',
  'httpd',
  'mariadb',
  'nginx',
  'node',
  'postgres',
  'redis',
  'traefik/whoami',
];

test.each([
  ['ngnix', 'nginx'],
  ['postgresql', 'postgres'],
  ['bitnami/redis', 'redis'],
  ['hello-word', 'hello-world'],
  ['whoami', 'traefik/whoami'],
  ['mysql', 'mariadb'],
  ['nginx-unprivileged', 'nginx'],
])('%s is meant as %s', (wanted, meant) => {
  expect(nearestName(wanted, names)).toBe(meant);
});

test.each(['jenkins/jenkins', 'x', 'elasticsearch', ''])('nothing is near %s', (wanted) => {
  expect(nearestName(wanted, names)).toBeUndefined();
});

test('a name as long as the protocol allows is compared in no time', () => {
  expect(nearestName('a'.repeat(255), names)).toBeUndefined();
});
