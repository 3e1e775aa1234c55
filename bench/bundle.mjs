// What a library weighs in somebody's bundle, and what of Node it wants there.

import { builtinModules } from 'node:module';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** The smallest import that can take a payment. */
const entries = {
  'momo-collections': "export { MomoCollections } from '../dist/index.js';",
  'mtn-momo': "export { create } from 'mtn-momo';",
  'mtn-momo-client': "export { createCollectionAPI } from 'mtn-momo-client';",
};

const builtIns = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)];

/** One minified ES module; Node's own modules stay imports. */
export async function bundle(contents, options) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: builtIns,
    write: false,
    metafile: true,
    logLevel: 'silent',
    outdir: 'out',
    ...options,
  });
  const wanted = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  return { text: outputFiles[0].text, wanted: [...new Set(wanted)].sort() };
}

/** Bytes, minified and gzipped, as bundled for Node and for everything else. */
export async function measureSize(name) {
  const [onNode, elsewhere] = await Promise.all(
    ['node', 'browser'].map((platform) => bundle(entries[name], { platform })),
  );
  const bytes = ({ text }) => gzipSync(text, { level: 9 }).length;
  return { onNodeBytes: bytes(onNode), elsewhereBytes: bytes(elsewhere), wanted: elsewhere.wanted };
}
