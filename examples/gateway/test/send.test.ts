import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { type Resolve, send } from '../src/forwarding/send.ts';
import { startReceiver } from './support/receiver.ts';

const guarded = { arePrivateAllowed: false, timeoutMs: 2_000 };

test('a name that leads to a private address is not connected to, nor one of which only one address is private', async (t) => {
  const receiver = await startReceiver(t);
  const { port } = new URL(receiver.url);
  const answers: Record<string, string[]> = {
    'plain.example': ['127.0.0.1'],
    'mixed.example': ['1.1.1.1', '127.0.0.1'],
    'mapped.example': ['::ffff:127.0.0.1'],
  };
  const resolve: Resolve = async (name) =>
    (answers[name] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  for (const name of Object.keys(answers)) {
    const attempt = await send(`http://${name}:${port}/`, '{}', {}, { ...guarded, resolve });
    assert.deepEqual(attempt, { isDelivered: false, outcome: 'private-address' }, name);
  }
  const unknown = await send(`http://nowhere.example:${port}/`, '{}', {}, { ...guarded, resolve });
  assert.deepEqual(unknown, { isDelivered: false, outcome: 'ENOTFOUND' });
  assert.deepEqual(receiver.received, []);
});

test('a name is looked up once, by the connection itself, so that it cannot be rebound in between', async (t) => {
  const receiver = await startReceiver(t);
  const { port } = new URL(receiver.url);
  let lookups = 0;
  // Allowed here, or nothing on this machine could be reached: what counts is that no second answer is asked for.
  const resolve: Resolve = async () => {
    lookups += 1;
    return [{ address: lookups === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }];
  };
  const attempt = await send(
    `http://rebind.example:${port}/hook`,
    '{}',
    {},
    { arePrivateAllowed: true, timeoutMs: 2_000, resolve },
  );
  assert.deepEqual([attempt.isDelivered, attempt.httpStatus, lookups], [true, 200, 1]);
  assert.equal(receiver.received[0]?.headers.host, `rebind.example:${port}`);
});

test('literal private addresses are refused without any look-up', async (t) => {
  const receiver = await startReceiver(t);
  const { port } = new URL(receiver.url);
  for (const host of ['127.0.0.1', '0x7f000001', '017700000001', '[::ffff:127.0.0.1]']) {
    const attempt = await send(`http://${host}:${port}/`, '{}', {}, guarded);
    assert.deepEqual(attempt, { isDelivered: false, outcome: 'private-address' }, host);
  }
  assert.deepEqual(receiver.received, []);
});

test('a redirect is an answer, a silence a timeout, and a closed port an error by its code', async (t) => {
  const receiver = await startReceiver(t);
  const options = { arePrivateAllowed: true, timeoutMs: 300 };
  receiver.answer = () => ({ status: 307, headers: { location: `${receiver.url}/next` } });
  assert.deepEqual(await send(receiver.url, '{}', {}, options), {
    isDelivered: false,
    outcome: 'http-307',
    httpStatus: 307,
  });
  receiver.answer = () => 'hang';
  assert.deepEqual(await send(receiver.url, '{}', {}, options), { isDelivered: false, outcome: 'timeout' });
  assert.equal(receiver.received.length, 2);
  const closed = await send('http://127.0.0.1:9/', '{}', {}, options);
  assert.deepEqual(closed, { isDelivered: false, outcome: 'ECONNREFUSED' });
});

test('a server that switches to another protocol has not taken the result', async (t) => {
  const answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n';
  const server = createServer((socket) => socket.once('data', () => socket.write(answer)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const attempt = await send(`http://127.0.0.1:${port}/`, '{}', {}, { arePrivateAllowed: true, timeoutMs: 5_000 });
  assert.deepEqual(attempt, { isDelivered: false, outcome: 'closed' });
});
