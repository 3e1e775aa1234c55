import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress } from '../src/forwarding/addresses.ts';
import { nextTryMs } from '../src/forwarding/back-off.ts';

test('addresses that only this network has are private, in every spelling', () => {
  const privates = [
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255'],
    ...['192.0.0.1', '192.0.2.1', '192.168.0.1', '198.18.0.1', '203.0.113.1', '224.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::ffff:10.0.0.1', '::ffff:a00:1', '0:0:0:0:0:ffff:7f00:1', '::127.0.0.1', '64:ff9b::10.0.0.1'],
    ...[
      'fc00::1',
      'fd12::1',
      'fe80::1',
      'fe80::1%eth0',
      'fec0::1',
      'ff02::1',
      '2001:db8::1',
      '2001::1',
      '2002:a00:1::',
    ],
    ...['[::1]', 'shop.example', ''],
  ];
  for (const address of privates) assert.equal(isPublicAddress(address), false, address);
  const publics = [
    '1.1.1.1',
    '41.203.1.9',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1',
    '[2a00:1450::1]',
    '::ffff:1.1.1.1',
  ];
  for (const address of publics) assert.equal(isPublicAddress(address), true, address);
});

test('tries come after a second, then twice as long, at most an hour, and end after three days', () => {
  const steady = () => 0;
  const delays = [1, 2, 3, 12, 13, 40].map((attempts) => nextTryMs(attempts, 0, 0, steady));
  assert.deepEqual(delays, [1_000, 2_000, 4_000, 2_048_000, 3_600_000, 3_600_000]);
  assert.equal(
    nextTryMs(1, 0, 0, () => 1),
    1_200,
  );
  assert.equal(nextTryMs(90, 0, 3 * 86_400_000, steady), undefined);
});
