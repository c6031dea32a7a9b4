/** Why a session's network refused packets: how an operator learns of abuse. */
import { z } from 'zod';

/**
 * Reasons, each a counter of the session's own rules: private and metadata addresses, mail, mining pools, connections a second and in
 * all, services of the gateway that are not offered, the outside under another egress than `internet`, foreign MAC or IP addresses.
 */
export const REFUSAL_REASONS = [
  'to_private',
  'to_mail',
  'to_mining',
  'over_rate',
  'over_total',
  'to_gateway',
  'to_outside',
  'spoofed',
] as const;

/** Packets refused since the network was made, by reason; reasons without any are left out. */
export const refusalsSchema = z.partialRecord(z.enum(REFUSAL_REASONS), z.number().int().nonnegative());
export type Refusals = z.infer<typeof refusalsSchema>;
