import { test } from 'vitest';
import { runFleet } from '../processes/fleet.js';
import { databaseUrl, temporarySchema } from '../support/postgres.js';

test.skipIf(!databaseUrl)(
  'twenty processes on one PostgreSQL charge each order once, and read each payment one at a time, eight a second',
  { timeout: 120_000 },
  async () => {
    const schema = await temporarySchema();
    try {
      await runFleet({ kind: 'postgres', url: String(databaseUrl), schema: schema.name });
    } finally {
      await schema.close();
    }
  },
);
