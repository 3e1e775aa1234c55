import { defineConfig } from 'vitest/config';

/** The tests that mutation testing runs: those of the payment rules and the client. */
export default defineConfig({
  test: {
    include: ['test/payment/**/*.test.ts', 'test/client/**/*.test.ts'],
    exclude: ['test/client/cut-connection.test.ts', 'test/client/randomised.test.ts'],
    environment: 'node',
    unstubGlobals: true,
    restoreMocks: true,
  },
});
