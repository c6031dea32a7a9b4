/** What operators order of the whole place: who is blocked, and whether sessions may start. Kept in the store, so that all managers obey. */
import { type Block, DrydockError, type StartsStop } from '@drydock/protocol';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import { isInNetworks } from '../scheduling/address-key.ts';
import type { OperatorStore } from '../store/operator/operator-store.ts';
import { type ClientNames, networkList } from './client-names.ts';

/** Between two readings of what other managers wrote (ms): an order holds everywhere within this and one answer of the store. */
export const ORDERS_POLL_MS = 2000;

/** Who asks, as far as it is known. */
export interface Caller {
  address?: string;
  userId?: string | undefined;
}

export interface Orders {
  /** Learns the orders and goes on looking. */
  start(): Promise<void>;
  stop(): void;
  blocks(): readonly Block[];
  startsStop(): StartsStop | undefined;
  /** @throws DrydockError BLOCKED when one of the blocks means this address, or this person. */
  admit(who: Caller): void;
  /** The same of an address, as an answer. */
  isBlocked(address: string): boolean;
  /** @throws DrydockError RATE_LIMITED when there are as many blocks as there may be. */
  block(block: Block): Promise<void>;
  /** @throws DrydockError NOT_FOUND. */
  unblock(id: string): Promise<Block>;
  setStartsStop(stop: StartsStop | undefined): Promise<void>;
}

/** Builds them over the store. */
export function createOrders(deps: {
  store: OperatorStore;
  names: Pick<ClientNames, 'hash'>;
  clock: Clock;
  logger: Logger;
}): Orders {
  const { store, names, clock, logger } = deps;
  let blocks: readonly Block[] = [];
  let networks = networkList([]);
  let clients = new Set<string>();
  let persons = new Set<string>();
  let stopped: StartsStop | undefined;
  let timer: Timer | undefined;
  let over = false;

  const living = () => blocks.filter(({ until }) => until > clock.now());

  /** Looked up as lists; which block it was is asked only after a hit. */
  function accept(next: readonly Block[]): void {
    const values = (kind: Block['kind']) => next.flatMap((block) => (block.kind === kind ? [block.value] : []));
    blocks = next;
    networks = networkList(values('network'));
    clients = new Set(values('client'));
    persons = new Set(values('person'));
  }

  async function refresh(): Promise<void> {
    const [all, stop] = await Promise.all([store.blocks(), store.startsStop()]);
    stopped = stop;
    const now = clock.now();
    accept(all.filter(({ until }) => until > now));
    await Promise.all(all.filter(({ until }) => until <= now).map(({ id }) => store.removeBlock(id)));
  }

  function pollAgain(): void {
    if (over) return;
    timer = clock.after(ORDERS_POLL_MS, () => {
      // A store that is away is told of elsewhere; what was known holds.
      refresh()
        .catch((error: unknown) => logger.debug({ err: error }, 'orders could not be read'))
        .finally(pollAgain);
    });
  }

  function blockOf({ address, userId }: Caller): Block | undefined {
    // Requests ask this often, and nearly always there is no block at all.
    if (blocks.length === 0) return undefined;
    const client = address !== undefined && clients.size > 0 ? names.hash(address) : undefined;
    const isHit =
      (address !== undefined && isInNetworks(networks, address)) ||
      (client !== undefined && clients.has(client)) ||
      (userId !== undefined && persons.has(userId));
    if (!isHit) return undefined;
    return living().find(({ kind, value }) => {
      if (kind === 'network') return address !== undefined && isInNetworks(networkList([value]), address);
      return value === (kind === 'client' ? client : userId);
    });
  }

  return {
    async start() {
      await refresh();
      pollAgain();
    },
    stop() {
      over = true;
      timer?.cancel();
    },
    blocks: living,
    startsStop: () => stopped,
    admit(who) {
      const found = blockOf(who);
      if (found !== undefined) throw new DrydockError('BLOCKED', undefined, { until: found.until });
    },
    isBlocked: (address) => blockOf({ address }) !== undefined,
    async block(block) {
      await refresh();
      if (!(await store.putBlock(block)))
        throw new DrydockError('RATE_LIMITED', 'There are as many blocks as there may be.');
      await refresh();
    },
    async unblock(id) {
      await refresh();
      const block = blocks.find((each) => each.id === id);
      if (block === undefined || !(await store.removeBlock(id))) throw new DrydockError('NOT_FOUND');
      await refresh();
      return block;
    },
    async setStartsStop(stop) {
      await store.setStartsStop(stop);
      await refresh();
    },
  };
}
