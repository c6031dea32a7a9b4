/** A session whose nodes live on several hosts: what each of these hosts must know of the others. */
import { z } from 'zod';
import { nodeNameSchema } from '../ids.ts';
import { MAX_NODES_PER_SESSION } from '../limits.ts';

/** What VXLAN puts before each frame (bytes): Ethernet, IPv4, UDP and its own header (RFC 7348). */
export const VXLAN_OVERHEAD = 50;

const addressSchema = z.ipv4();

/** Where other hosts reach a host, and the MTU that its sessions' networks have for that. */
export const underlaySchema = z.object({ address: addressSchema, mtu: z.number().int().min(576).max(65535) });
export type Underlay = z.infer<typeof underlaySchema>;

/**
 * One state of a session's network, whole: an agent that has a newer `version` ignores it. Without other hosts the session
 * lives on this one alone (again).
 */
export const sessionNetworkSchema = z.object({
  version: z.number().int().min(1),
  /** The VXLAN network identifier; no two sessions of one place have the same. */
  vni: z.number().int().min(1).max(0xff_ffff),
  /** The other hosts with their nodes. */
  hosts: z
    .array(
      z.object({
        address: addressSchema,
        nodes: z
          .array(z.object({ name: nodeNameSchema, index: z.number().int().min(1).max(MAX_NODES_PER_SESSION) }))
          .max(MAX_NODES_PER_SESSION),
      }),
    )
    .max(MAX_NODES_PER_SESSION),
});
export type SessionNetwork = z.infer<typeof sessionNetworkSchema>;

/** 32 bytes, base64url: the seed of a session's Ed25519 key, so that its nodes have the same one on every host. */
export const keySeedSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

const countSchema = z.number().nonnegative();
/**
 * What a session's uplink on a host has carried to the outside (sent) and from there since it was made (bytes, with link headers), and
 * a second of late.
 */
export const trafficSchema = z.object({
  sentBytes: countSchema.int(),
  receivedBytes: countSchema.int(),
  sentPerSecond: countSchema,
  receivedPerSecond: countSchema,
});
export type Traffic = z.infer<typeof trafficSchema>;
