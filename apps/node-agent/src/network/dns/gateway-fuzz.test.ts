/** What nodes can send to their gateway, a little of it; gateway-fuzz.slow.test.ts does more. */
import { test } from 'vitest';
import { fuzzNameServer } from '../../testing/fuzz/dns-fuzz.ts';
import { fuzzRegistryPaths } from '../../testing/fuzz/registry-fuzz.ts';

test('the name server takes any query and any answer of a resolver', () => fuzzNameServer(2000));
test('the mirror asks a registry for images and nothing else, whatever it is asked for', () => fuzzRegistryPaths(3000));
