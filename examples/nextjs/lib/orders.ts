// The orders, in SQLite; any database will do. Each change is one statement, so that no other request, process or
// callback can come in between.

import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { Order } from './shop.ts';

export type Orders = ReturnType<typeof openOrders>;

export function openOrders(file: string) {
  const db = new DatabaseSync(file);
  db.exec(`
    PRAGMA busy_timeout = 5000;
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS orders (
      id TEXT PRIMARY KEY,
      referenceId TEXT NOT NULL UNIQUE,
      payer TEXT NOT NULL,
      amount TEXT NOT NULL, -- a decimal string: money is never a float
      currency TEXT NOT NULL,
      state TEXT NOT NULL DEFAULT 'created',
      reason TEXT,
      createdAtMs INTEGER NOT NULL
    ) STRICT;
  `);
  const byId = db.prepare('SELECT * FROM orders WHERE id = ?');
  const byReference = db.prepare('SELECT * FROM orders WHERE referenceId = ?');
  const open = db.prepare("SELECT * FROM orders WHERE state IN ('created', 'pending') AND createdAtMs > ?");
  const insert = db.prepare(`
    INSERT INTO orders (id, referenceId, payer, amount, currency, createdAtMs) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING
  `);
  const update = db.prepare('UPDATE orders SET state = ?, reason = ? WHERE id = ? AND state = ?');

  return {
    find: (id: string) => byId.get(id) as Order | undefined,

    findByReference: (referenceId: string) => byReference.get(referenceId) as Order | undefined,

    /** What MTN has not decided. After a day it is for a person to look at. */
    listOpen: () => open.all(Date.now() - 86_400_000) as unknown as Order[],

    /** Stores an order with its one reference id. Whoever comes second gets the order of the first. */
    place({ id, payer, amount, currency }: Pick<Order, 'id' | 'payer' | 'amount' | 'currency'>): Order {
      insert.run(id, randomUUID(), payer, amount, currency, Date.now());
      return byId.get(id) as unknown as Order;
    },

    /** Compare and set. True for the one caller who made the change: callback and sweep may both try. */
    move({ id, state: from }: Order, to: Order['state'], reason: string | null = null): boolean {
      return update.run(to, reason, id, from).changes === 1;
    },
  };
}
