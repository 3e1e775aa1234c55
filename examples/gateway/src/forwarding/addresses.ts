import { BlockList, isIP } from 'node:net';

const privateAddresses = new BlockList();
// This network, private, shared, loopback, link-local (cloud metadata), protocol, documentation, benchmark, multicast, rest.
for (const [address, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  privateAddresses.addSubnet(address, prefix, 'ipv4');
}

const publicV6 = new BlockList();
publicV6.addSubnet('2000::', 3, 'ipv6');
const specialV6 = new BlockList();
// Within the public range: Teredo and other protocol assignments, documentation, 6to4 (which wraps an IPv4 address).
for (const [address, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  specialV6.addSubnet(address, prefix, 'ipv6');
}

/** The IPv4 address within `::ffff:a.b.c.d`, in any of its spellings. */
function mappedV4(address: string): string | undefined {
  const { hostname } = new URL(`http://[${address}]/`);
  const [, high, low] = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(hostname) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const bits = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return bits.flatMap((pair) => [pair >> 8, pair & 255]).join('.');
}

/** Can anybody on the internet have this address? What is no plain public unicast address cannot. */
export function isPublicAddress(given: string): boolean {
  const address = given.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(address);
  if (family === 4) return !privateAddresses.check(address, 'ipv4');
  if (family !== 6) return false;
  const v4 = mappedV4(address);
  if (v4 !== undefined) return isPublicAddress(v4);
  return publicV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6');
}
