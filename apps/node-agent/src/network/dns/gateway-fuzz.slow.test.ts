/** As gateway-fuzz.test.ts, for longer. */
import { test } from 'vitest';
import { fuzzNameServer } from '../../testing/fuzz/dns-fuzz.ts';
import { fuzzRegistryPaths } from '../../testing/fuzz/registry-fuzz.ts';

test('the name server takes any query and any answer of a resolver', () => fuzzNameServer(200_000), 300_000);
test('the mirror asks a registry for images and nothing else', () => fuzzRegistryPaths(400_000), 300_000);
