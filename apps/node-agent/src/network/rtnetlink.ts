/** rtnetlink requests as bytes (linux/rtnetlink.h): what `ip` would send, without starting it. */

const REQUEST = 0x1;
const ACK = 0x4;
const EXCLUSIVE = 0x200;
const CREATE = 0x400;
const NEW_LINK = 16;
const DELETE_LINK = 17;
const NEW_ADDRESS = 20;
const NEW_ROUTE = 24;
const NEW_QDISC = 36;
const REPLACE = 0x100;

const AF_INET = 2;
const IFF_UP = 1;
/** Attributes of links (IFLA_*), of a link's kind (IFLA_INFO_*), addresses (IFA_*) and routes (RTA_*). */
const LINK = { address: 1, name: 3, mtu: 4, master: 10, kind: 18, alias: 20, netnsFd: 28 } as const;
const INFO = { kind: 1, data: 2, vethPeer: 1 } as const;
const BRIDGE_STP = 5;
const BRIDGE_MCAST_SNOOPING = 23;
const ADDRESS = { address: 1, local: 2 } as const;
const ROUTE = { oif: 4, gateway: 5 } as const;
const ROUTE_TABLE_MAIN = 254;
const ROUTE_BY_BOOT = 3;
const ROUTE_UNICAST = 1;
/** The gateway is on the link whatever the addresses say (RTNH_F_ONLINK). */
const ON_LINK = 4;

/** Queueing disciplines (linux/pkt_sched.h): TCA_*, TCA_TBF_*. */
const QDISC = { kind: 1, options: 2 } as const;
const TBF = { parameters: 1, rate64: 4, burst: 6 } as const;
const AT_ROOT = 0xffff_ffff;

function u8(value: number): Buffer {
  return Buffer.from([value]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const text = (value: string) => Buffer.from(`${value}\0`);
const mac = (value: string) => Buffer.from(value.split(':').map((byte) => Number.parseInt(byte, 16)));
const ip = (value: string) => Buffer.from(value.split('.').map(Number));

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

function attribute(type: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const header = Buffer.alloc(4);
  header.writeUInt16LE(4 + body.length, 0);
  header.writeUInt16LE(type, 2);
  return padded(Buffer.concat([header, body]));
}

function message(type: number, flags: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const header = Buffer.alloc(16);
  header.writeUInt32LE(16 + body.length, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(REQUEST | ACK | flags, 6);
  return Buffer.concat([header, body]);
}

/** struct ifinfomsg; `up` undefined leaves the link as it is. */
function linkHeader(up?: true, index = 0): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(index, 4);
  if (up) {
    bytes.writeUInt32LE(IFF_UP, 8);
    bytes.writeUInt32LE(IFF_UP, 12);
  }
  return bytes;
}

export interface VethEnd {
  name: string;
  up?: true;
  /** The kernel takes wishes for both ends or for none. */
  index?: number;
}

/** A pair of links; the peer's end is made in the namespace behind a descriptor of the caller's. */
export function addVeth(own: VethEnd & { master?: number }, peer: VethEnd & { mac?: string; fd: number }, mtu: number) {
  const where = attribute(LINK.netnsFd, u32(peer.fd));
  const other = [
    linkHeader(peer.up, peer.index),
    attribute(LINK.name, text(peer.name)),
    attribute(LINK.mtu, u32(mtu)),
    ...(peer.mac === undefined ? [] : [attribute(LINK.address, mac(peer.mac))]),
    where,
  ];
  return message(
    NEW_LINK,
    CREATE | EXCLUSIVE,
    linkHeader(own.up, own.index),
    attribute(LINK.name, text(own.name)),
    attribute(LINK.mtu, u32(mtu)),
    ...(own.master === undefined ? [] : [attribute(LINK.master, u32(own.master))]),
    attribute(LINK.kind, attribute(INFO.kind, text('veth')), attribute(INFO.data, attribute(INFO.vethPeer, ...other))),
  );
}

/** A bridge that neither learns a tree nor listens to multicast groups. */
export function addBridge(name: string, address: string, mtu: number): Buffer {
  const data = [attribute(BRIDGE_STP, u32(0)), attribute(BRIDGE_MCAST_SNOOPING, u8(0))];
  return message(
    NEW_LINK,
    CREATE | EXCLUSIVE,
    linkHeader(),
    attribute(LINK.name, text(name)),
    attribute(LINK.mtu, u32(mtu)),
    attribute(LINK.address, mac(address)),
    attribute(LINK.kind, attribute(INFO.kind, text('bridge')), attribute(INFO.data, ...data)),
  );
}

/** Changes of a link that is there. */
export function setLink(name: string, { up, alias }: { up?: true; alias?: string }): Buffer {
  const more = alias === undefined ? [] : [attribute(LINK.alias, text(alias))];
  return message(NEW_LINK, 0, linkHeader(up), attribute(LINK.name, text(name)), ...more);
}

/** Removes the link with that index. */
export function deleteLink(index: number): Buffer {
  return message(DELETE_LINK, 0, linkHeader(undefined, index));
}

/** An address of the link with that index. */
export function addAddress(index: number, address: string, prefix: number): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(AF_INET, 0);
  header.writeUInt8(prefix, 1);
  header.writeUInt32LE(index, 4);
  const attributes = [attribute(ADDRESS.local, ip(address)), attribute(ADDRESS.address, ip(address))];
  return message(NEW_ADDRESS, CREATE | EXCLUSIVE, header, ...attributes);
}

/** The default route by `gateway`, over the link with that index. */
export function addDefaultRoute(index: number, gateway: string): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(AF_INET, 0);
  header.writeUInt8(ROUTE_TABLE_MAIN, 4);
  header.writeUInt8(ROUTE_BY_BOOT, 5);
  header.writeUInt8(ROUTE_UNICAST, 7);
  header.writeUInt32LE(ON_LINK, 8);
  return message(
    NEW_ROUTE,
    CREATE | EXCLUSIVE,
    header,
    attribute(ROUTE.gateway, ip(gateway)),
    attribute(ROUTE.oif, u32(index)),
  );
}

/** What a link sends passes a token bucket: `rate` bytes a second, `burst` at once, and no more than `limit` bytes wait. */
export function shapeLink(
  index: number,
  { rate, burst, limit }: { rate: number; burst: number; limit: number },
): Buffer {
  const header = Buffer.alloc(20);
  header.writeInt32LE(index, 4);
  header.writeUInt32LE(AT_ROOT, 12);
  // struct tc_tbf_qopt: two tc_ratespec of 12 bytes with the rate at their end, then limit, buffer, mtu.
  const parameters = Buffer.alloc(36);
  parameters.writeUInt32LE(Math.min(rate, 0xffff_ffff), 8);
  parameters.writeUInt32LE(limit, 24);
  const rate64 = Buffer.alloc(8);
  rate64.writeBigUInt64LE(BigInt(rate));
  const options = [
    attribute(TBF.parameters, parameters),
    attribute(TBF.rate64, rate64),
    attribute(TBF.burst, u32(burst)),
  ];
  const kind = attribute(QDISC.kind, text('tbf'));
  return message(NEW_QDISC, CREATE | REPLACE, header, kind, attribute(QDISC.options, ...options));
}
