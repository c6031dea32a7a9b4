/** The kernel's part of a session that spans hosts: one VXLAN link on its bridge, and where each of the others' nodes is found. */
import type { SessionId, SessionNetwork, Underlay } from '@drydock/protocol';
import { z } from 'zod';
import { ipBatch, runTool } from '../../system/run-tool.ts';
import * as plan from '../addresses.ts';
import { limitSending } from '../bandwidth.ts';

/** What is sent to nobody in particular (ARP) goes to every host of this list. */
const TO_ALL = '00:00:00:00:00:00';

const fdbSchema = z.array(z.object({ mac: z.string(), dst: z.string().optional() }));
const linkSchema = z.array(z.object({ linkinfo: z.object({ info_data: z.object({ id: z.number() }) }) }));

/** `mac dst` of every entry that a network asks for: nothing is learned, so nobody can move a node by a forged frame. */
export function spanEntries(sessionId: SessionId, { hosts }: SessionNetwork): string[] {
  return hosts.flatMap(({ address, nodes }) => [
    `${TO_ALL} ${address}`,
    ...nodes.map(({ index }) => `${plan.nodeMac(sessionId, index)} ${address}`),
  ]);
}

/** Whether the session has its link with that identifier. */
async function hasLink(netns: string, vni: number): Promise<boolean> {
  const shown = await runTool(['ip', '-j', '-d', 'link', 'show', plan.SPAN_LINK], { netns }).catch(() => '[]');
  return linkSchema.safeParse(JSON.parse(shown)).data?.[0]?.linkinfo.info_data.id === vni;
}

export async function removeSpan(sessionId: SessionId): Promise<void> {
  const netns = plan.sessionNetnsPath(sessionId);
  await ipBatch([`link del ${plan.SPAN_LINK}`], netns).catch(() => undefined);
}

/**
 * Makes the session's namespace, which must be there, carry `network`. The tunnel's own end is in the agent's namespace, which is the
 * host's; only the link that comes out of it is the session's.
 */
export async function applySpan(
  sessionId: SessionId,
  network: SessionNetwork,
  { address, mtu }: Underlay,
  bitsPerSecond: number,
): Promise<void> {
  const netns = plan.sessionNetnsPath(sessionId);
  if (network.hosts.length === 0) return removeSpan(sessionId);
  if (!(await hasLink(netns, network.vni))) {
    await removeSpan(sessionId);
    const tunnel = `type vxlan id ${network.vni} local ${address} dstport ${plan.SPAN_PORT} nolearning`;
    await ipBatch([`link add ${plan.SPAN_LINK} mtu ${mtu} netns ${plan.sessionLink(sessionId)} ${tunnel}`]);
    await limitSending(netns, plan.SPAN_LINK, bitsPerSecond);
    await ipBatch([`link set ${plan.SPAN_LINK} master ${plan.BRIDGE}`, `link set ${plan.SPAN_LINK} up`], netns);
  }
  const shown = await runTool(['bridge', '-j', 'fdb', 'show', 'dev', plan.SPAN_LINK], { netns });
  const present = new Set(
    fdbSchema.parse(JSON.parse(shown)).flatMap(({ mac, dst }) => (dst === undefined ? [] : [`${mac} ${dst}`])),
  );
  const wanted = new Set(spanEntries(sessionId, network));
  const line = (verb: string, entry: string) => {
    const [mac, dst] = entry.split(' ');
    return `fdb ${verb} ${mac} dev ${plan.SPAN_LINK} dst ${dst} self`;
  };
  // Old ones first: a node that moved has one entry at a time.
  const lines = [
    ...[...present].filter((entry) => !wanted.has(entry)).map((entry) => line('del', entry)),
    ...[...wanted].filter((entry) => !present.has(entry)).map((entry) => line('append', entry)),
  ];
  if (lines.length > 0) await runTool(['bridge', '-batch', '-'], { netns, stdin: `${lines.join('\n')}\n` });
}
