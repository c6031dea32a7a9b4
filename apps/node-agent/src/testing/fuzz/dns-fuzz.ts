/** Whatever a node sends to its name server, or a resolver answers: the agent goes on, and every answer is a response to the question. */
import dnsPacket from 'dns-packet';
import fc from 'fast-check';
import { expect } from 'vitest';
import { answerQuery } from '../../network/dns/dns-answer.ts';
import { createNameRules } from '../../network/name-rules.ts';

const lists = {
  denied: { networks: [], names: ['denied.example'] },
  allowed: { networks: [], names: ['allowed.example'] },
};
const label = fc.stringMatching(/^[A-Za-z0-9_\-*@ ]{1,63}$/);
const name = fc.oneof(
  fc.array(label, { maxLength: 6 }).map((labels) => labels.join('.')),
  fc.constantFrom('node1', 'allowed.example', 'x.denied.example', '11.0.168.192.in-addr.arpa', '', '.'),
);
const question = fc.record({ type: fc.constantFrom('A', 'AAAA', 'PTR', 'TXT', 'ANY', 'CNAME'), name });
const query = fc
  .record({
    id: fc.nat(65_535),
    flags: fc.nat(65_535),
    questions: fc.array(question, { maxLength: 3 }),
    type: fc.constantFrom('query', 'response'),
  })
  .map((packet) => {
    try {
      return dnsPacket.encode(packet as dnsPacket.Packet);
    } catch {
      return Buffer.alloc(0);
    }
  });
/** Good ones with some bytes that are not, and nonsense. */
const message = fc.oneof(
  query,
  fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(query, fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 8 })).map(([good, changes]) => {
    const bytes = Buffer.from(good);
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    return bytes;
  }),
);
/** No query and no answer of a resolver makes the name server throw, or opens what is not an address. */
export async function fuzzNameServer(runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      message,
      message,
      fc.constantFrom('internet', 'mirror-only', 'none'),
      async (asked, answer, egress) => {
        const opened: string[] = [];
        const response = await answerQuery(asked, {
          peers: () => [{ name: 'node1', ip: '192.168.0.11' }],
          ask: async () => answer,
          names: createNameRules(egress as 'internet', lists),
          open: async (addresses) => void opened.push(...addresses.map(({ address }) => address)),
          onError: () => undefined,
        });
        if (egress !== 'mirror-only') expect(opened).toEqual([]);
        for (const address of opened) expect(address).toMatch(/^\d{1,3}(\.\d{1,3}){3}$/);
        if (response === undefined || response === answer) return;
        // Of our own making: a response with the query's own id.
        expect(response.readUInt16BE(0)).toBe(asked.readUInt16BE(0));
        expect(response.readUInt8(2) & 0x80).toBe(0x80);
      },
    ),
    { numRuns: runs, endOnFailure: true },
  );
}
