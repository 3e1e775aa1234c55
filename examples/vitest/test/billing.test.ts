import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testNumbers } from 'momo-collections/testing';
import { expect, it } from 'vitest';
import { type BillState, type BillStore, createBilling } from '../src/billing.ts';
import { startMtn } from './mtn.ts';

const bill = { id: 'bill-1', amount: '12.50', currency: 'EUR', payer: '256772123456' };
const { rejected, expired, delayed } = testNumbers.requestToPay;

/** Billing as in production, but for the two things behind it. */
function start() {
  const { sandbox, clock } = startMtn();
  const references = new Map<string, string>();
  const states = new Map<string, BillState>();
  const store: BillStore = {
    async referenceOf(id, ifNone) {
      const reference = references.get(id) ?? ifNone;
      references.set(id, reference);
      return reference;
    },
    setState: async (id, state) => void states.set(id, state),
  };
  return { sandbox, states, references, billing: createBilling(store, { clock }) };
}

it('marks a bill as paid when its payer approves', async () => {
  const { billing, states, references, sandbox } = start();
  expect(await billing.charge(bill)).toBe('paid');
  expect(states.get('bill-1')).toBe('paid');
  expect(sandbox.payments).toMatchObject([{ referenceId: references.get('bill-1'), amount: '12.5', currency: 'EUR' }]);
});

it('waits for a payer who takes a while', async () => {
  const { billing } = start();
  expect(await billing.charge({ ...bill, payer: delayed })).toBe('paid');
});

it.each([
  ['refuses', rejected],
  ['lets it expire', expired],
])('leaves a bill unpaid when its payer %s', async (_how, payer) => {
  const { billing } = start();
  expect(await billing.charge({ ...bill, payer })).toBe('unpaid');
});

it('charges once when MTN’s answer gets lost', async () => {
  const { billing, sandbox } = start();
  sandbox.fault({ on: 'requestToPay', drop: 'after' });
  expect(await billing.charge(bill)).toBe('paid');
  expect(sandbox.payments).toHaveLength(1);
});

it('charges once when two workers take the same bill', async () => {
  const { billing, sandbox } = start();
  expect(await Promise.all([billing.charge(bill), billing.charge(bill)])).toEqual(['paid', 'paid']);
  expect(sandbox.payments).toHaveLength(1);
});

it('keeps a bill open while MTN is silent, and goes on with the same payment', async () => {
  const { billing, sandbox } = start();
  const repair = sandbox.fault({ on: 'getRequestToPay', status: 503, times: Number.POSITIVE_INFINITY });
  expect(await billing.charge(bill)).toBe('open');
  repair();
  expect(await billing.charge(bill)).toBe('paid');
  expect(sandbox.payments).toHaveLength(1);
});

it('lets a person look when what was paid is not what was asked', async () => {
  const { billing, sandbox } = start();
  const body = { status: 'SUCCESSFUL', amount: '1', currency: 'EUR', externalId: 'bill-1' };
  sandbox.fault({ on: 'getRequestToPay', body });
  expect(await billing.charge(bill)).toBe('to be looked at');
});

it('sends nothing for a number that is none', async () => {
  const { billing, sandbox } = start();
  await expect(billing.charge({ ...bill, payer: '12' })).rejects.toMatchObject({ code: 'invalid_input' });
  expect(sandbox.calls).toEqual([]);
});

it('lets no request out to anybody else', async () => {
  start();
  const somebody = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await once(somebody, 'listening');
  const { port } = somebody.address() as AddressInfo;
  await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
  somebody.close();
});
