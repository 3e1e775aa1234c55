// What a user's bundler makes of each import: bytes minified, and minified and gzipped, against a budget (1 kB is
// 1 000 bytes), and strings that must not have leaked into the bundle. Run after `npm run build`.

import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { findLeaks, nodeOnly, noPackages, sandbox } from './leaks.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const cases = [
  { name: 'MomoError', code: "export { MomoError } from 'momo-collections'", minified: 1_000, leaks: noPackages },
  {
    name: 'state machine',
    code: "export { canTransition, isFinal, nextStates, toPaymentState, transition } from 'momo-collections'",
    minified: 3_000,
    leaks: noPackages,
  },
  {
    name: 'state machine, describeReason',
    code: "export { canTransition, describeReason, isFinal, nextStates, toPaymentState, transition } from 'momo-collections'",
    minified: 6_000,
    leaks: noPackages,
  },
  {
    name: 'MomoCollections, with ky, zod and uuid',
    code: "export { MomoCollections } from 'momo-collections'",
    // What it is made of, and what was not taken out: docs/decisions/0007-client-size.md.
    gzipped: 27_000,
    leaks: [...nodeOnly, ...sandbox],
  },
  // No budget that means anything: nobody ships it. But it must stay free of Node and of packages.
  { name: 'testing', code: "export * from 'momo-collections/testing'", gzipped: 26_000, leaks: noPackages },
  {
    name: 'testing, the sandbox alone',
    code: "export { createMomoSandbox } from 'momo-collections/testing'",
    gzipped: 16_000,
    leaks: [...noPackages, /external ids are told apart/],
  },
  {
    name: 'ledger, with its store in memory',
    code: "export { memoryPaymentStore, PaymentLedger } from 'momo-collections/ledger'",
    gzipped: 24_500,
    leaks: [...nodeOnly, ...sandbox, /\bky\b/],
  },
  {
    name: 'reconciliation',
    code: "export { readStatement, reconcile } from 'momo-collections/ledger'",
    gzipped: 10_800,
    leaks: [...noPackages, ...sandbox],
  },
  {
    name: 'ledger/postgres',
    code: "export * from 'momo-collections/ledger/postgres'",
    gzipped: 5_200,
    leaks: [/\bnode:/, /\bky\b/],
  },
  {
    name: 'callback',
    code: "export * from 'momo-collections/callback'",
    gzipped: 8_000,
    leaks: [...noPackages, ...sandbox],
  },
];

const rows = [];
let failed = false;
for (const { name, code, minified, gzipped, leaks } of cases) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    write: false,
    logLevel: 'error',
    outdir: 'out',
  });
  const { contents, text } = outputFiles[0];
  const size = { minified: contents.length, gzipped: gzipSync(contents, { level: 9 }).length };
  const leaked = findLeaks(text, leaks);
  const isOver = size.minified > (minified ?? Infinity) || size.gzipped > (gzipped ?? Infinity);
  failed ||= isOver || leaked.length > 0;
  rows.push({
    import: name,
    minified: size.minified,
    gzipped: size.gzipped,
    budget: minified ? `${minified} minified` : `${gzipped} gzipped`,
    result: [isOver && 'OVER', leaked.length > 0 && `leaks ${leaked.join(' ')}`].filter(Boolean).join(', ') || 'ok',
  });
}
console.table(rows);
process.exitCode = failed ? 1 : 0;
