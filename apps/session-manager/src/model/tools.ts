/** What nearly every part needs. */
import type { Clock, Logger } from '@drydock/service-kit';

export interface Tools {
  clock: Clock;
  logger: Logger;
}
