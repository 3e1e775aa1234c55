import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import pg from 'pg';

/** A new database on the server of `DATABASE_URL`, dropped when the test ends. Undefined without one: then it is SQLite. */
export async function createFreshDatabase(t: TestContext): Promise<string | undefined> {
  const server = process.env.DATABASE_URL;
  if (!server) return undefined;
  const name = `gateway_test_${randomUUID().replaceAll('-', '')}`;
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await run(`CREATE DATABASE ${name}`);
  t.after(() => run(`DROP DATABASE ${name} WITH (FORCE)`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
