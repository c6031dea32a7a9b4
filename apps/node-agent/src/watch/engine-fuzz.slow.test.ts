import { test } from 'vitest';
import { fuzzEngineEvents, fuzzEngineStreams, fuzzEngineViews } from '../testing/fuzz/engine-fuzz.ts';

test('any answer of an engine becomes a picture that fits the contract, or an error', () => fuzzEngineViews(50_000));
test('any event of an engine becomes facts that fit the contract', () => fuzzEngineEvents(100_000));
test('no stream of an engine stops the watch', () => fuzzEngineStreams(300));
