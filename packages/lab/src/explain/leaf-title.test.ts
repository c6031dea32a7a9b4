import { expect, test } from 'vitest';
import { leafOf } from '../testing/steps.ts';
import { leafTitle } from './leaf-title.ts';

test.each([
  ['- container: web\n  state: running\n  publishes: 8080', 'container web: state running, publishes 8080'],
  ['- service: /web/\n  running: ">=3"', 'service /web/: running >=3'],
  ['- file: node2:/etc/hosts\n  contains: web', '/etc/hosts on node2: contains web'],
  ['- volume: data\n  absent: true', 'volume data: is gone'],
  ['- network: inner\n  internal: true', 'network inner: internal'],
  ['- run: "test -e /x\\necho ok"', 'test -e /x on node1'],
  ['- ask: How many?\n  answer: 3', 'How many?'],
  ['- swarm: { managers: 3 }', 'swarm: managers 3'],
  ['- container: web\n  title: The site runs', 'The site runs'],
])('a line of a list says what it asks: %s', (yaml, words) => {
  expect(leafTitle(leafOf(yaml))).toBe(words);
});
