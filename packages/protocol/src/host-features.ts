/** What nodes of a host can honestly do; shown in the product instead of faked. */
import { z } from 'zod';

export const hostFeaturesSchema = z.object({
  /** Who does swarm's VIPs and routing mesh: the kernel's IPVS, our nftables mesh, or nobody. */
  ingress: z.enum(['kernel', 'mesh', 'none']),
  /** Whether `docker network create -o encrypted` overlays can work (ESP in the kernel). */
  encryptedOverlay: z.boolean(),
  /** Whether 802.1Q sub-interfaces can be made. */
  vlan: z.boolean(),
  /** Platforms whose images run, e.g. linux/amd64, linux/arm64. */
  platforms: z.array(z.string()),
  cgroup: z.union([z.literal(1), z.literal(2)]),
  isolation: z.enum(['shared-kernel', 'microvm', 'none']),
  /** What the node reaches: the internet, only the image mirror, or nothing. */
  egress: z.enum(['internet', 'mirror-only', 'none']).optional(),
  /** Whose memory, processors and uptime a node's own programs show. */
  figures: z.enum(['node', 'host']).optional(),
  /** Bounds of every node that are not among its limits. */
  bounds: z
    .object({
      /** Bytes of a disk for each inode that it has. */
      bytesPerInode: z.number().int().positive(),
      /** Files that one process may hold open. */
      files: z.number().int().positive(),
      /** Connections to the outside: held at once, and new ones a second. */
      connections: z.number().int().positive(),
      connectionsPerSecond: z.number().int().positive(),
      /** Of the whole session, each way. */
      bitsPerSecond: z.number().int().positive(),
    })
    .optional(),
});
export type HostFeatures = z.infer<typeof hostFeaturesSchema>;
