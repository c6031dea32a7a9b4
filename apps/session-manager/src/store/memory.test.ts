import { systemClock } from '@drydock/service-kit';
import { createMemoryStore } from './memory.ts';
import { storeContract } from './store.contract.ts';

storeContract('store in memory', async () => createMemoryStore(systemClock));
