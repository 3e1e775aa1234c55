import { defineConfig } from 'vitest/config';

/**
 * The tests that mutation testing runs: those of the payment rules and the client that take a second or so. The grids,
 * crowds and random runs would find some mutants more, an hour later.
 */
export default defineConfig({
  test: {
    include: [
      'test/payment/**/*.test.ts',
      'test/client/{abort,events,operations,polling,reads,regressions,safe-create,token}.test.ts',
      'test/callback/{confirm,parse}.test.ts',
      'test/docs/error-samples.test.ts',
    ],
    environment: 'node',
    unstubGlobals: true,
    restoreMocks: true,
    bail: 1,
  },
});
