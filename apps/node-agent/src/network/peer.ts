/** A node as the other nodes of its session know it. */
export interface Peer {
  name: string;
  ip: string;
}
