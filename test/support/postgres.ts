import { Pool } from 'pg';

/** A server to test on; `npm run test:postgres` names one. */
export const databaseUrl = process.env.DATABASE_URL;

/** A schema of its own, empty, with pools on it. */
export async function temporarySchema(): Promise<{
  readonly name: string;
  readonly newPool: (max?: number) => Pool;
  readonly close: () => Promise<void>;
}> {
  const name = `momo_test_${crypto.randomUUID().replaceAll('-', '')}`;
  const admin = new Pool({ connectionString: databaseUrl, max: 1 });
  await admin.query(`CREATE SCHEMA ${name}`);
  const pools: Pool[] = [];
  return {
    name,
    newPool: (max = 4) => {
      const pool = new Pool({ connectionString: databaseUrl, max, options: `-c search_path=${name}` });
      // The tests cut connections on purpose.
      pool.on('error', () => undefined);
      pools.push(pool);
      return pool;
    },
    close: async () => {
      for (const pool of pools) if (!pool.ended) await pool.end();
      await admin.query(`DROP SCHEMA ${name} CASCADE`);
      await admin.end();
    },
  };
}
