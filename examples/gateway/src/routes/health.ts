import type { Database } from '../database/database.ts';
import { within } from '../payments/within.ts';
import type { RouteContext, Services } from './context.ts';

const withinMs = 2_000;
const nobody = '00000000-0000-4000-8000-000000000000';

/** `GET /health`: can payments be written down? MTN is not asked: its outage is no reason to restart the gateway. */
export function health({ ledger, configuration }: Services, database: Database) {
  return async (c: RouteContext) => {
    const checks = Promise.all([database.run('SELECT 1 AS one'), ledger.get(nobody)]);
    const isFine =
      (await within(
        checks.then(
          () => true,
          () => false,
        ),
        withinMs,
      )) ?? false;
    const { mode } = configuration;
    return isFine ? c.json({ status: 'ok', mode }, 200) : c.json({ status: 'database-unavailable', mode }, 503);
  };
}
