/** For integration tests: Ethernet frames of any content, sent and heard in a network namespace (Python, since Node.js has no packet sockets). */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const bytesOfMac = (mac: string) => Buffer.from(mac.replaceAll(':', ''), 'hex');
const bytesOfAddress = (address: string) => Buffer.from(address.split('.').map(Number));

const ethernet = (from: string, to: string, type: number, body: Buffer, vlan?: number) =>
  Buffer.concat([
    bytesOfMac(to),
    bytesOfMac(from),
    ...(vlan === undefined ? [] : [Buffer.from([0x81, 0, vlan >> 8, vlan & 255])]),
    Buffer.from([type >> 8, type & 255]),
    body,
  ]);

/** An ARP answer to all (RFC 826): `address` is at `mac`. `from` is the frame's own MAC, `vlan` an 802.1Q tag. */
export function arpClaim({
  from,
  mac,
  address,
  vlan,
}: {
  from: string;
  mac: string;
  address: string;
  vlan?: number;
}): Buffer {
  const head = Buffer.from([0, 1, 8, 0, 6, 4, 0, 2]);
  const body = Buffer.concat([
    head,
    bytesOfMac(mac),
    bytesOfAddress(address),
    bytesOfMac(BROADCAST),
    bytesOfAddress(address),
  ]);
  return ethernet(from, BROADCAST, 0x0806, body, vlan);
}

/** A UDP datagram (RFC 768, without a checksum) of `text` to port 9 of an address. */
export function datagram(packet: {
  from: string;
  to: string;
  source: string;
  target: string;
  text: string;
  vlan?: number;
}): Buffer {
  const { from, to, source, target, text, vlan } = packet;
  const udp = Buffer.alloc(8 + text.length);
  udp.writeUInt16BE(9, 0);
  udp.writeUInt16BE(9, 2);
  udp.writeUInt16BE(udp.length, 4);
  udp.write(text, 8, 'latin1');
  const ip = Buffer.alloc(20);
  ip[0] = 0x45;
  ip.writeUInt16BE(20 + udp.length, 2);
  ip[8] = 64;
  ip[9] = 17;
  bytesOfAddress(source).copy(ip, 12);
  bytesOfAddress(target).copy(ip, 16);
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += ip.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  ip.writeUInt16BE(~sum & 0xffff, 10);
  return ethernet(from, to, 0x0800, Buffer.concat([ip, udp]), vlan);
}

const SEND = `
import socket, sys
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(('eth0', 0))
for line in sys.stdin: out.send(bytes.fromhex(line))
`;

/** Sends them from eth0 of the namespace of `pid`, in this order. */
export function sendFrames(pid: number, frames: readonly Buffer[]): void {
  const input = frames.map((frame) => `${frame.toString('hex')}\n`).join('');
  execFileSync('nsenter', ['-n', '-t', String(pid), 'python3', '-c', SEND], { input });
}

const HEAR = `
import socket, sys
heard = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
heard.bind(('eth0', 3))
# Whatever the device's own MAC is.
heard.setsockopt(263, 1, (socket.if_nametoindex('eth0')).to_bytes(4, 'little') + b'\\x01\\0' + bytes(10))
print('listening', flush=True)
while True:
    frame, (_, _, kind, _, _) = heard.recvfrom(65535)
    if kind != socket.PACKET_OUTGOING: print(frame.hex(), flush=True)
`;

/** Frames as hexadecimal text that eth0 of the namespace of `pid` hears, until one has `last` in it. */
export async function hearFrames(pid: number, last: Buffer, send: () => void): Promise<string[]> {
  const child = spawn('nsenter', ['-n', '-t', String(pid), 'python3', '-c', HEAR], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const frames: string[] = [];
  try {
    await once(lines, 'line');
    const done = new Promise<void>((resolve, reject) => {
      lines.on('close', () => reject(new Error(`not heard: ${last.toString('latin1')}`)));
      lines.on('line', (line) => {
        frames.push(line);
        if (line.includes(last.toString('hex'))) resolve();
      });
    });
    const limit = setTimeout(() => child.kill('SIGKILL'), 5_000);
    send();
    await done.finally(() => clearTimeout(limit));
  } finally {
    child.kill('SIGKILL');
  }
  return frames;
}
