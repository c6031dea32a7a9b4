import { systemClock } from '@drydock/service-kit';
import { createMemoryStore } from './memory-store.ts';
import { sessionStoreContract } from './session-store.contract.ts';

sessionStoreContract('memory store', async () => createMemoryStore(systemClock));
