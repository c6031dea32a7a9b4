import { describe, expect, test } from 'vitest';
import { listsName, parseAllowed, parseEgressList } from './egress-lists.ts';
import { gatewaysOf } from './host-networks.ts';
import { outermost, overlap, parseNetwork } from './ip-networks.ts';

describe('networks', () => {
  test('are read in their shortest form, and nothing else is', () => {
    expect(parseNetwork('10.1.2.3/8')).toBe('10.0.0.0/8');
    expect(parseNetwork('255.255.255.255/0')).toBe('0.0.0.0/0');
    expect(parseNetwork('192.0.2.7')).toBe('192.0.2.7');
    expect(parseNetwork('192.0.2.7/32')).toBe('192.0.2.7');
    for (const bad of [
      '',
      '10',
      '10.0.0',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0.0/8/8',
      '::1',
      '256.0.0.1',
      '1.2.3.4/-1',
    ])
      expect(parseNetwork(bad), bad).toBeUndefined();
  });

  test('overlap when one holds the other, and only the outermost stay', () => {
    expect(overlap('10.0.0.0/8', '10.255.0.1')).toBe(true);
    expect(overlap('10.0.0.0/8', '11.0.0.0/8')).toBe(false);
    expect(overlap('0.0.0.0/0', '203.0.113.0/24')).toBe(true);
    const given = ['10.1.0.0/16', '10.0.0.0/8', '10.0.0.0/8', '192.0.2.1', '192.0.2.0/24', '192.0.3.1'];
    expect(outermost(given)).toEqual(['10.0.0.0/8', '192.0.2.0/24', '192.0.3.1']);
  });
});

describe('an operator’s list', () => {
  test('takes networks and names, and says which entry is neither', () => {
    expect(parseEgressList('10.1.2.3/16, Example.ORG,*.cdn.example.net, .x.example')).toEqual({
      networks: ['10.1.0.0/16'],
      names: ['example.org', 'cdn.example.net', 'x.example'],
    });
    for (const bad of [
      '',
      'localhost',
      '10.0.0.0/40',
      'a b.example',
      '2001:db8::/32',
      'example.org,',
      'http://x.example',
    ])
      expect(() => parseEgressList(bad), bad).toThrow(/is neither/);
    expect(() => parseEgressList(Array.from({ length: 257 }, (_, n) => `n${n}.example.org`).join())).toThrow(/256/);
  });

  test('opens private networks, but never the loopback, metadata or what sessions have themselves', () => {
    expect(parseAllowed('10.0.0.0/8,192.168.7.0/24').networks).toHaveLength(2);
    for (const bad of ['127.0.0.1', '169.254.169.254', '168.63.129.16', '0.0.0.0/0', '192.168.0.0/16', '100.64.0.0/16'])
      expect(() => parseAllowed(bad), bad).toThrow(/stays closed/);
  });

  test('a name stands for itself and all below it', () => {
    const list = parseEgressList('example.org');
    for (const name of ['example.org', 'WWW.Example.org.', 'a.b.example.org']) expect(listsName(list, name)).toBe(true);
    for (const name of ['notexample.org', 'org', 'example.org.evil.example', ''])
      expect(listsName(list, name)).toBe(false);
  });
});

test('gateways are read from the kernel’s table of routes', () => {
  const table = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    'dd-x\t00000000\t01004064\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    '',
  ].join('\n');
  expect(gatewaysOf(table)).toEqual(['192.0.2.1']);
});
