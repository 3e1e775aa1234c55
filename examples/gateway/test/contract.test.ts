import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, newOrder } from './support/client.ts';
import { createWorld } from './support/gateway.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('the contract', async (t) => {
  const world = await createWorld(t);
  const { sandbox } = world.mtn;
  const gateway = await world.start({ ANSWER_WITHIN_MS: '1500' });
  const shop = createClient(gateway.url, gateway.key);

  await t.test('a payment is taken with 202 and PENDING, in SZL when no currency is given', async () => {
    const order = newOrder();
    const { status, body } = await shop.pay(order);
    assert.deepEqual([status, body.status], [202, 'PENDING']);
    assert.match(body.referenceId, uuid);
    const payment = sandbox.payments.find(({ referenceId }) => referenceId === body.referenceId);
    assert.equal(payment?.currency, 'SZL');
    assert.equal(payment?.externalId, order.externalId);
  });

  await t.test('its status is asked for live: paid the moment the payer approves', async () => {
    const order = newOrder({ payerMessage: 'Two books', payeeNote: 'Order 7' });
    const { body: accepted } = await shop.pay(order);
    const pending = (await shop.status(accepted.referenceId)).body;
    assert.equal(pending.status, 'PENDING');
    assert.equal(pending.financialTxId, null);
    sandbox.approve(accepted.referenceId);
    const { status, body } = await shop.status(accepted.referenceId);
    assert.equal(status, 200);
    const { financialTxId, createdAt, updatedAt, ...rest } = body;
    assert.deepEqual(rest, {
      referenceId: accepted.referenceId,
      externalId: order.externalId,
      status: 'SUCCESSFUL',
      amount: '12.50',
      currency: 'SZL',
      payer: order.payer,
      failureReason: null,
      callbackForwarded: false,
    });
    assert.match(financialTxId, /^\d+$/);
    assert.equal(new Date(createdAt).toISOString(), createdAt);
    assert.ok(updatedAt >= createdAt);
  });

  await t.test('refused by the payer is FAILED with the reason, and not approved in time is TIMEOUT', async () => {
    const refused = (await shop.pay(newOrder())).body.referenceId;
    sandbox.reject(refused, 'NOT_ENOUGH_FUNDS');
    const { body } = await shop.status(refused);
    assert.deepEqual([body.status, body.failureReason, body.financialTxId], ['FAILED', 'NOT_ENOUGH_FUNDS', null]);
    const expired = (await shop.pay(newOrder())).body.referenceId;
    sandbox.expire(expired);
    assert.equal((await shop.status(expired)).body.status, 'TIMEOUT');
  });

  await t.test('the same externalId with the same details is the same payment, whatever became of it', async () => {
    const order = newOrder();
    const first = await shop.pay(order);
    const again = await shop.pay({ ...order, amount: '12.5', currency: 'SZL' });
    assert.deepEqual([again.status, again.body], [202, first.body]);
    sandbox.approve(first.body.referenceId);
    await shop.until(first.body.referenceId, 'SUCCESSFUL');
    assert.deepEqual((await shop.pay(order)).body, first.body);
    assert.equal(sandbox.payments.filter(({ externalId }) => externalId === order.externalId).length, 1);
  });

  await t.test('20 parallel identical requests charge once', async () => {
    const order = newOrder();
    const answers = await Promise.all(Array.from({ length: 20 }, () => shop.pay(order)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
    assert.equal(new Set(answers.map(({ body }) => body.referenceId)).size, 1);
    assert.equal(sandbox.payments.filter(({ externalId }) => externalId === order.externalId).length, 1);
  });

  await t.test('the same externalId with other details is 409, and charges nothing', async () => {
    const order = newOrder();
    await shop.pay(order);
    const before = sandbox.payments.length;
    const others = [
      { amount: '12.51' },
      { currency: 'ZAR' },
      { payer: { partyIdType: 'MSISDN', partyId: '26876999999' } },
      { callbackUrl: 'https://other.example/momo' },
    ];
    for (const other of others)
      assert.equal((await shop.pay({ ...order, ...other })).status, 409, JSON.stringify(other));
    assert.equal(sandbox.payments.length, before);
  });

  await t.test(
    'an answer of MTN that is lost is 202 too, and the payment is found under the same reference id',
    async () => {
      const order = newOrder();
      sandbox.fault({ on: 'requestToPay', drop: 'after' });
      const lost = await shop.pay(order);
      assert.deepEqual([lost.status, lost.body.status], [202, 'PENDING']);
      assert.equal((await shop.pay(order)).body.referenceId, lost.body.referenceId);
      sandbox.approve(lost.body.referenceId);
      await shop.until(lost.body.referenceId, 'SUCCESSFUL');
      assert.equal(sandbox.payments.filter(({ externalId }) => externalId === order.externalId).length, 1);
    },
  );

  await t.test('an MTN that does not answer at all is 202, and the payment is PENDING', async () => {
    sandbox.fault({ on: 'requestToPay', drop: 'hang' });
    const startedAtMs = Date.now();
    const { status, body } = await shop.pay(newOrder());
    assert.deepEqual([status, body.status], [202, 'PENDING']);
    assert.ok(Date.now() - startedAtMs < 5_000);
    assert.equal((await shop.status(body.referenceId)).body.status, 'PENDING');
  });

  await t.test('an outage of MTN is 202 as well: nobody refused', async () => {
    sandbox.fault({ on: 'requestToPay', status: 503 });
    const { status, body } = await shop.pay(newOrder());
    assert.deepEqual([status, body.status], [202, 'PENDING']);
  });

  await t.test('502 only when MTN has definitely refused, and so again', async () => {
    const order = newOrder({ currency: 'ZAR' });
    const { status, body } = await shop.pay(order);
    assert.equal(status, 502);
    assert.match(body.error, /INVALID_CURRENCY/);
    assert.deepEqual(Object.keys(body), ['error']);
    assert.equal((await shop.pay(order)).status, 502);
    assert.ok(sandbox.payments.every(({ externalId }) => externalId !== order.externalId));
  });

  await t.test('401 without a key, or with a wrong one, before anything else', async () => {
    for (const key of ['', 'mmg_wrong', `${gateway.key}x`, gateway.key.slice(0, -1)]) {
      const stranger = createClient(gateway.url, key);
      assert.equal((await stranger.pay('not even JSON')).status, 401);
      assert.equal((await stranger.status('8e5c5a36-2f6e-4c3e-9b55-0a8a5e0b5a11')).status, 401);
    }
  });

  await t.test('422 says what is wrong, quotes nothing, and charges nothing', async () => {
    const before = sandbox.calls.length;
    const order = newOrder();
    const bad: [unknown, RegExp][] = [
      ['{"amount":', /JSON/],
      ['[]', /object/],
      ['null', /object/],
      [{}, /payer/],
      [newOrder({ amount: '0' }), /amount/],
      [newOrder({ amount: '-5' }), /amount/],
      [newOrder({ amount: '1e3' }), /amount/],
      [newOrder({ amount: '12.505' }), /amount/],
      [newOrder({ amount: 12.5 }), /amount/],
      [newOrder({ amount: undefined }), /amount/],
      [newOrder({ currency: 'E' }), /currency/],
      [newOrder({ currency: null }), /currency/],
      [newOrder({ externalId: '' }), /externalId/],
      [newOrder({ externalId: 'x'.repeat(257) }), /externalId/],
      [newOrder({ externalId: 17 }), /externalId/],
      [newOrder({ externalId: 'a\nb' }), /externalId/],
      [newOrder({ payer: '26876123456' }), /payer/],
      [newOrder({ payer: { partyIdType: 'MSISDN', partyId: 'abc26876123456' } }), /payer/],
      [newOrder({ payer: { partyIdType: 'IBAN', partyId: '26876123456' } }), /payer/],
      [newOrder({ payerMessage: 4 }), /payerMessage/],
      [newOrder({ callbackUrl: 'ftp://shop.example/' }), /callbackUrl/],
      [newOrder({ callbackUrl: 7 }), /callbackUrl/],
    ];
    for (const [body, wanted] of bad) {
      const answer = await shop.pay(body);
      assert.equal(answer.status, 422, JSON.stringify(body));
      assert.match(answer.body.error, wanted);
      assert.doesNotMatch(answer.body.error, /26876123456/);
    }
    // The externalId is still free.
    assert.equal((await shop.pay({ ...order, amount: '0' })).status, 422);
    assert.equal(sandbox.calls.length, before);
    assert.equal((await shop.pay(order)).status, 202);
  });

  await t.test('a body that is too large is 413', async () => {
    assert.equal((await shop.pay(newOrder({ payeeNote: 'x'.repeat(70_000) }))).status, 413);
  });

  await t.test('404 for a payment that nobody has, whatever the id looks like', async () => {
    for (const id of ['8e5c5a36-2f6e-4c3e-9b55-0a8a5e0b5a11', '17', "x'--"]) {
      assert.equal((await shop.status(encodeURIComponent(id))).status, 404);
    }
  });

  await t.test("two apps' ORDER-1 never meet, and 403 is for another app's payment", async () => {
    const school = createClient(gateway.url, await world.addApp(`school-${process.pid}`));
    const order = newOrder();
    const mine = await shop.pay(order);
    const theirs = await school.pay({ ...order, amount: '99' });
    assert.deepEqual([mine.status, theirs.status], [202, 202]);
    assert.notEqual(mine.body.referenceId, theirs.body.referenceId);
    assert.equal((await school.status(mine.body.referenceId)).status, 403);
    assert.equal((await shop.status(theirs.body.referenceId.toUpperCase())).status, 403);
    sandbox.approve(theirs.body.referenceId);
    await school.until(theirs.body.referenceId, 'SUCCESSFUL');
    assert.equal((await shop.status(mine.body.referenceId)).body.status, 'PENDING');
  });

  await t.test('an app that asks too often is told when to come back, and the others are not held up', async () => {
    const slow = createClient(gateway.url, await world.addApp(`slow-${process.pid}`, '--requests-per-minute', '3'));
    const answers = await Promise.all(Array.from({ length: 5 }, () => slow.status('17')));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [404, 404, 404, 429, 429]);
    const { headers } = await slow.pay(newOrder());
    assert.ok(Number(headers.get('retry-after')) >= 1 && Number(headers.get('retry-after')) <= 20);
    assert.equal((await shop.status('17')).status, 404);
  });

  await t.test('the key of an app can be changed and taken away', async () => {
    const name = `rotated-${process.pid}`;
    const old = await world.addApp(name);
    const { output } = await world.command('rotate-key', '--name', name);
    const renewed = /mmg_[\w-]+/.exec(output)?.[0] ?? '';
    assert.equal((await createClient(gateway.url, old).status('17')).status, 401);
    assert.equal((await createClient(gateway.url, renewed).status('17')).status, 404);
    assert.equal((await world.command('disable-app', '--name', name)).code, 0);
    assert.equal((await createClient(gateway.url, renewed).status('17')).status, 401);
    assert.equal((await world.command('add-app', '--name', name)).code, 1);
    assert.equal((await world.command('add-app')).code, 1);
  });

  await t.test('health, the document, and what is not there', async () => {
    assert.deepEqual((await shop.call('GET', '/health')).body, { status: 'ok', mode: 'local' });
    assert.equal((await shop.call('GET', '/openapi.json')).body.openapi, '3.1.0');
    const nothing = await fetch(`${gateway.url}/elsewhere`);
    assert.equal(nothing.status, 404);
    assert.equal(typeof ((await nothing.json()) as { error: string }).error, 'string');
  });

  await t.test('neither a key nor a phone number nor a signed path is in the log', async () => {
    const text = gateway.lines.filter((line) => line.startsWith('{')).join('\n');
    assert.match(text, /"event":"request"/);
    for (const secret of [
      /mmg_/,
      /26876/,
      /ORDER-/,
      /callback\/[0-9a-f]{8}/,
      new RegExp(world.mtn.credentials.apiKey),
    ]) {
      assert.doesNotMatch(text, secret);
    }
  });

  await t.test('a stop finishes what is under way, and ends with 0', async () => {
    sandbox.fault({ on: 'requestToPay', delayMs: 700 });
    const paying = shop.pay(newOrder());
    await sandbox.nextPayment().catch(() => undefined);
    const [code, answer] = await Promise.all([gateway.kill('SIGTERM'), paying]);
    assert.deepEqual([code, answer.status], [0, 202]);
  });
});
