import { expect, test } from 'vitest';
import { addressKeys } from './address-key.ts';

test('an IPv4 address is its own key, however a listener of both families spells it', () => {
  expect(addressKeys('203.0.113.5')).toEqual({ client: '203.0.113.5', site: undefined });
  expect(addressKeys('::ffff:203.0.113.5')).toEqual({ client: '203.0.113.5', site: undefined });
  expect(addressKeys('::FFFF:cb00:7105')).toEqual({ client: '203.0.113.5', site: undefined });
});

test('every IPv6 address of one network has one key, and every network of one site', () => {
  const first = addressKeys('2001:db8:1:2::1');
  expect(first).toEqual({ client: '2001:db8:1:2::/64', site: '2001:db8:1::/48' });
  expect(addressKeys('2001:DB8:0001:0002:ffff:1234:5678:9abc')).toEqual(first);
  expect(addressKeys('2001:db8:1:3::1')).toEqual({ client: '2001:db8:1:3::/64', site: first.site });
  expect(addressKeys('2001:db8:2:2::1').site).toBe('2001:db8:2::/48');
});

test('one network has one spelling, whatever zeros are left out of an address', () => {
  const spellings = ['2001:db8::1', '2001:db8:0:0::1', '2001:db8:0:0:0:0:0:1', '2001:db8::0:1', '2001:db8::192.0.2.1'];
  expect(new Set(spellings.map((address) => addressKeys(address).client))).toEqual(new Set(['2001:db8:0:0::/64']));
  expect(addressKeys('::1')).toEqual({ client: '0:0:0:0::/64', site: '0:0:0::/48' });
});

test('a link-local address does not get away by its zone', () => {
  expect(addressKeys('fe80::1%eth0').client).toBe(addressKeys('fe80::2%eth1').client);
});

test('what is no address is a client of its own', () => {
  expect(addressKeys('')).toEqual({ client: '', site: undefined });
});
