import { describe, expect, test, vi } from 'vitest';
import { createMerchant } from '../support/merchant.js';
import { settle } from '../support/settle.js';

describe('manual approval', () => {
  /** Reads every so often until the payment is final. */
  function poll({ sandbox, read }: ReturnType<typeof createMerchant>, referenceId: string, everyMs = 2000) {
    const { clock } = sandbox.clientOptions();
    let reads = 0;
    const result = (async () => {
      for (;;) {
        await clock.sleep(everyMs);
        const { body } = await read(referenceId);
        reads += 1;
        if (body.status !== 'PENDING') return body.status;
      }
    })();
    return { result, reads: () => reads };
  }

  test('waits stop being skipped at a read that shows the payer has not decided, until he does', async () => {
    const merchant = createMerchant({ approval: 'manual' });
    const { clock } = merchant.sandbox.clientOptions();
    const { referenceId } = await merchant.requestToPay();
    const createdAtMs = clock.now();
    await clock.sleep(1000); // nobody has read yet
    const polling = poll(merchant, referenceId);
    await settle();
    expect([polling.reads(), clock.now()]).toEqual([1, createdAtMs + 3000]);
    merchant.sandbox.approve(referenceId);
    expect(await polling.result).toBe('SUCCESSFUL');
    expect(clock.now()).toBe(createdAtMs + 5000);
  });

  test.each([
    ['reject', 'APPROVAL_REJECTED'],
    ['expire', 'EXPIRED'],
  ] as const)('%s fails it with %s', async (action, code) => {
    const merchant = createMerchant({ approval: 'manual' });
    const { referenceId } = await merchant.requestToPay();
    merchant.sandbox[action](referenceId.toUpperCase());
    expect((await merchant.read(referenceId)).body).toMatchObject({ status: 'FAILED', reason: { code } });
  });

  test('reject takes any code', async () => {
    const { sandbox, requestToPay } = createMerchant({ approval: 'manual' });
    const { referenceId } = await requestToPay();
    sandbox.reject(referenceId, 'NOT_ENOUGH_FUNDS');
    expect(sandbox.payments[0]?.reason).toEqual({ code: 'NOT_ENOUGH_FUNDS' });
  });

  test('the payer has five minutes of advanced time; skipped waits are not his', async () => {
    const { sandbox, requestToPay } = createMerchant({ approval: 'manual' });
    await requestToPay();
    await sandbox.clientOptions().clock.sleep(3_600_000);
    sandbox.advance(299_999);
    expect(sandbox.payments[0]?.status).toBe('PENDING');
    sandbox.advance(1);
    expect(sandbox.payments[0]).toMatchObject({ status: 'FAILED', reason: { code: 'EXPIRED' } });
  });

  test('each event wakes whoever sleeps once: two payments decided one after the other', async () => {
    const merchant = createMerchant({ approval: 'manual' });
    const one = await merchant.requestToPay();
    const two = await merchant.requestToPay();
    const pollingOne = poll(merchant, one.referenceId, 2000);
    const pollingTwo = poll(merchant, two.referenceId, 30_000);
    await settle();
    expect([pollingOne.reads(), pollingTwo.reads()]).toEqual([1, 0]);
    merchant.sandbox.approve(two.referenceId);
    expect(await pollingTwo.result).toBe('SUCCESSFUL');
    await settle();
    merchant.sandbox.advance(60_000);
    await settle();
    const reads = pollingOne.reads();
    await merchant.requestToPay();
    await settle();
    expect(pollingOne.reads()).toBe(reads + 1);
    merchant.sandbox.approve(one.referenceId);
    expect(await pollingOne.result).toBe('SUCCESSFUL');
  });

  test('a read whose answer is lost does not stop the skipping, so that a client can try again', async () => {
    const merchant = createMerchant({ approval: 'manual' });
    const { referenceId } = await merchant.requestToPay();
    merchant.sandbox.fault({ on: 'getRequestToPay', drop: 'after' });
    await expect(merchant.read(referenceId)).rejects.toThrow('fetch failed');
    await merchant.sandbox.clientOptions().clock.sleep(1000);
  });

  test('a decision made while an older answer is under way is not missed', async () => {
    const merchant = createMerchant({ approval: 'manual' });
    const { referenceId } = await merchant.requestToPay();
    merchant.sandbox.fault({ on: 'getRequestToPay', delayMs: 5000 });
    const polling = poll(merchant, referenceId);
    await vi.waitFor(() => expect(merchant.sandbox.calls.at(-1)?.operation).toBe('getRequestToPay'));
    merchant.sandbox.approve(referenceId);
    expect(await polling.result).toBe('SUCCESSFUL');
  });

  test('an unknown or final payment cannot be decided, and the error says what to do', async () => {
    const { sandbox, requestToPay } = createMerchant({ approval: 'manual' });
    const unknown = crypto.randomUUID();
    expect(() => sandbox.approve(unknown)).toThrow(/Cannot approve: referenceId is of no payment.*nextPayment/);
    const { referenceId } = await requestToPay();
    sandbox.approve(referenceId);
    for (const decide of [sandbox.approve, sandbox.reject, sandbox.expire]) {
      expect(() => decide(referenceId)).toThrow(
        expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining('SUCCESSFUL already') }),
      );
    }
  });

  test('in automatic approval a payment that stays pending can be decided too', async () => {
    const { sandbox, requestToPay, read } = createMerchant();
    const { referenceId } = await requestToPay({ payer: { partyIdType: 'MSISDN', partyId: '46733123453' } });
    sandbox.approve(referenceId);
    expect((await read(referenceId)).body.status).toBe('SUCCESSFUL');
  });
});

test('nextPayment settles with the next payment to arrive', async () => {
  const { sandbox, requestToPay } = createMerchant({ approval: 'manual' });
  await requestToPay();
  const next = sandbox.nextPayment();
  const { referenceId } = await requestToPay({ externalId: 'second' });
  expect(await next).toMatchObject({ referenceId, externalId: 'second', status: 'PENDING', amount: '12.5' });
});
