// What the bundlers of others make of the installed package: small, portable, and still at work.

import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import webpack from 'webpack';
import { findLeaks, nodeOnly, noPackages, sandbox } from '../../tools/leaks.mjs';
import { expectNone } from './report.mjs';
import { ownVersion, runWell } from './workshop.mjs';

/** How much more than esbuild another bundler may need, by its own runtime and names. */
const allowedOverhead = 1.1;

/** What is bundled, what must not be in it, and a program that puts the bundle to work. */
const pieces = {
  'the client alone': {
    entry: "export { MomoCollections } from 'momo-collections';",
    leaks: [...nodeOnly, ...sandbox],
    program: (bundle) => `
import { createMomoSandbox } from 'momo-collections/testing';
import { MomoCollections } from '${bundle}';
const client = new MomoCollections(createMomoSandbox().clientOptions());
const request = { amount: '12.50', currency: 'EUR', externalId: 'order-1', payer: '56733123453' };
console.log((await client.collect(request)).state);
`,
    says: 'successful',
  },
  'the callback entry alone': {
    entry: "export * from 'momo-collections/callback';",
    leaks: [...noPackages, ...sandbox],
    program: (bundle) => `
import { createCallbackHandler, createCallbackUrl } from '${bundle}';
const referenceId = crypto.randomUUID();
const [secret, baseUrl] = ['a-secret-of-more-than-16-bytes', 'https://pay.example.com/momo'];
const url = await createCallbackUrl({ baseUrl, referenceId, secret, expiresAtMs: Date.now() + 60_000 });
const handler = createCallbackHandler({
  urlSecrets: secret,
  read: async () => ({ referenceId, state: 'successful', amount: '1', currency: 'EUR' }),
  onSuccessful: (payment) => console.log(payment.state),
});
await handler(new Request(url, { method: 'POST', body: JSON.stringify({ status: 'SUCCESSFUL', amount: '1', currency: 'EUR' }) }));
`,
    says: 'successful',
  },
  'one export of the main entry': {
    entry: "export { MomoError } from 'momo-collections';",
    leaks: [...noPackages, ...sandbox],
    program: (bundle) => `
import { MomoError } from '${bundle}';
console.log(MomoError.is(new Error('no')));
`,
    says: 'false',
  },
};

/** Each makes one ES module for the browser out of one entry, minified. */
const bundlers = {
  async esbuild({ folder, entry, output }) {
    await esbuild({
      entryPoints: [entry],
      absWorkingDir: folder,
      outdir: output,
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      logLevel: 'silent',
    });
  },
  async vite({ folder, entry, output }) {
    await vite({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      build: {
        outDir: output,
        minify: true,
        modulePreload: false,
        rolldownOptions: { input: entry, preserveEntrySignatures: 'strict' },
      },
    });
  },
  async webpack({ folder, entry, output }) {
    const compiler = webpack({
      mode: 'production',
      context: folder,
      entry,
      target: ['web', 'es2022'],
      output: { path: output, module: true, library: { type: 'module' } },
      experiments: { outputModule: true },
      performance: { hints: false },
    });
    const stats = await promisify(compiler.run.bind(compiler))();
    await promisify(compiler.close.bind(compiler))();
    const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
    expectNone([...errors, ...warnings].map(({ message }) => message));
  },
};

/** The one script in a folder and those below it. */
async function findScript(folder) {
  const files = await readdir(folder, { recursive: true });
  const scripts = files.filter((file) => /\.m?js$/.test(file));
  if (scripts.length !== 1) throw new Error(`wanted one script, got ${scripts.join(', ') || 'none'}`);
  return readFile(join(folder, scripts[0]), 'utf8');
}

/** Runs the program on the bundle in a folder of its own, away from what the bundler left. */
async function expectToWork(folder, text, { program, says }) {
  await writeFile(join(folder, 'bundle.mjs'), text);
  await writeFile(join(folder, 'program.mjs'), program('./bundle.mjs'));
  const { stdout, stderr } = await runWell(process.execPath, ['program.mjs'], folder);
  if (stdout.trim() !== says || stderr !== '') throw new Error(`wanted ${says}, got ${stdout}${stderr}`);
}

export async function checkBundlers(folder, report) {
  for (const [name, piece] of Object.entries(pieces)) {
    const entry = join(folder, 'entry-to-bundle.mjs');
    await writeFile(entry, `${piece.entry}\n`);
    const sizes = {};
    for (const [bundler, bundle] of Object.entries(bundlers)) {
      await report.check(`${bundler} ${await ownVersion(bundler)}, ${name}`, async () => {
        const work = await mkdtemp(join(folder, 'bundle-'));
        await bundle({ folder, entry, output: join(work, 'output') });
        const text = await findScript(join(work, 'output'));
        await expectToWork(work, text, piece);
        expectNone(findLeaks(text, piece.leaks).map((leak) => `leaks ${leak}`));
        const size = gzipSync(text, { level: 9 }).length;
        sizes[bundler] = size;
        // Below 1 kB a bundler's own few lines count for more than what it bundles.
        const limit = Math.max(1_000, sizes.esbuild * allowedOverhead);
        if (size > limit) throw new Error(`${size} bytes gzipped, where esbuild needs ${sizes.esbuild}`);
        return `${size} bytes gzipped`;
      });
    }
  }
}
