import { join } from 'node:path';
import { test } from 'vitest';
import { temporaryFolder } from '../support/stores.js';
import { runFleet } from './fleet.js';

test('twenty processes on one SQLite file charge each order once, and read each payment one at a time, eight a second', {
  timeout: 120_000,
}, async () => {
  const folder = temporaryFolder();
  try {
    await runFleet({ kind: 'sqlite', path: join(folder.path, 'payments.db') });
  } finally {
    folder.remove();
  }
});
