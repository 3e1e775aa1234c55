// One order, one Durable Object: nobody else writes it, and its alarm asks MTN until there is an answer.

import { DurableObject } from 'cloudflare:workers';
import { createPollState, type PaymentState, type PaymentStatus, type PollState, pollStep } from 'momo-collections';
import type { Bindings } from './bindings.ts';
import { createPayments } from './payments.ts';
import { nextState, type Order } from './shop.ts';

/** Soon while somebody waits, then ever more seldom, for a day. */
const plan = { schedule: { firstMs: 2_000, factor: 1.5, maxMs: 3_600_000 }, deadlineMs: 86_400_000 };

export class OrderObject extends DurableObject<Bindings> {
  readonly #payments = createPayments(this.env);
  readonly #onCallback = this.#payments.createOnCallback(
    () => this.find(),
    (payment) => this.#record(payment),
  );

  find(): Order | undefined {
    return this.ctx.storage.kv.get<Order>('order');
  }

  /** Stores the order with its one reference id, and the first read. Whoever comes second gets the order of the first. */
  async place(details: Pick<Order, 'id' | 'payer' | 'amount' | 'currency'>): Promise<Order> {
    const known = this.find();
    if (known) return known;
    const [referenceId, createdAtMs] = [crypto.randomUUID(), Date.now()];
    const order: Order = { ...details, referenceId, state: 'created', reason: null, createdAtMs };
    this.ctx.storage.kv.put('order', order);
    this.ctx.storage.kv.put('poll', createPollState({ referenceId, startedAtMs: createdAtMs, ...plan }));
    await this.ctx.storage.setAlarm(createdAtMs + plan.schedule.firstMs);
    return order;
  }

  /** Sends what was stored, if MTN does not have it yet. */
  async send(): Promise<void> {
    const order = this.find();
    if (order?.state !== 'created') return;
    const { state, reason } = await this.#payments.send(order);
    this.#move(order, state, reason);
  }

  /** MTN's callback, as the Worker passed it on. */
  override fetch(request: Request): Promise<Response> {
    return this.#onCallback(request);
  }

  /** Callbacks get lost: reads the status, and sets the next alarm. An instance that dies is started again for it. */
  override async alarm(): Promise<void> {
    const order = this.find();
    const poll = this.ctx.storage.kv.get<PollState>('poll');
    if (!order || !poll || !['created', 'pending'].includes(order.state)) return;
    let step = pollStep<PaymentStatus>(poll, { kind: 'none' }, Date.now());
    while (step.action === 'read') step = pollStep(step.state, await this.#payments.observe(order), Date.now());
    this.ctx.storage.kv.put('poll', step.state);
    if (step.action === 'wait') await this.ctx.storage.setAlarm(Date.now() + step.delayMs);
    else if (step.result.state === 'uncertain') this.#move(order, 'uncertain', null);
    else this.#record(step.result.payment);
  }

  /** Writes down what MTN's status read says. */
  #record(payment: PaymentStatus): void {
    const order = this.find();
    if (order) this.#move(order, nextState(order, payment), payment.reason?.code ?? null);
  }

  /** Compare and set: callback and alarm may both try. */
  #move({ id, state: from }: Order, state: PaymentState, reason: string | null): void {
    const order = this.find();
    if (!order || state === from || order.state !== from) return;
    this.ctx.storage.kv.put('order', { ...order, state, reason });
    // Here, once per order: send the tickets, or tell a person of an `uncertain` one.
    console.log(`Order ${id} is ${state}`);
  }
}
