import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    unstubGlobals: true,
    restoreMocks: true,
    // One for each core: by default one core is left for a watching developer.
    maxWorkers: '100%',
    projects: [
      { extends: true, test: { name: 'main', include: ['test/**/*.test.ts'] } },
      {
        // The MSW handlers once more, with msw 2 in the place of msw 3.
        extends: true,
        test: { name: 'msw 2', include: ['test/testing/msw.test.ts'] },
        resolve: { alias: [{ find: /^msw(?=$|\/)/, replacement: 'msw2' }] },
      },
    ],
  },
});
