/** What a node's engine can answer, a little of it; engine-fuzz.slow.test.ts does more. */
import { test } from 'vitest';
import { fuzzEngineEvents, fuzzEngineStreams, fuzzEngineViews } from '../testing/fuzz/engine-fuzz.ts';

test('any answer of an engine becomes a picture that fits the contract, or an error', () => fuzzEngineViews(1000));
test('any event of an engine becomes facts that fit the contract', () => fuzzEngineEvents(1000));
test('no stream of an engine stops the watch', () => fuzzEngineStreams(15));
