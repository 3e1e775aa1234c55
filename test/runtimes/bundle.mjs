// The cases as a user's bundler would make them for a runtime, out of the installed tarball and nothing of the sources.

import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = resolve(here, '../..');

/** The sources that cases import, by what a stranger imports in their place. */
const entries = {
  'src/index.js': 'momo-collections',
  'src/callback/index.js': 'momo-collections/callback',
  'src/testing/index.js': 'momo-collections/testing',
  'src/testing/forge/index.js': 'momo-collections/testing',
};

function installed(consumer) {
  return {
    name: 'installed',
    setup({ onResolve, resolve: find }) {
      onResolve({ filter: /^(\.|momo-collections)/ }, ({ path, resolveDir, kind, pluginData }) => {
        if (pluginData === 'found') return undefined;
        const target = relative(root, resolve(resolveDir, path)).split(sep).join('/');
        if (path.startsWith('.') && !target.startsWith('src/')) return undefined;
        const specifier = path.startsWith('.') ? entries[target] : path;
        if (specifier === undefined) return { errors: [{ text: `${target} is no entry of the package` }] };
        return find(specifier, { resolveDir: consumer, kind, pluginData: 'found' });
      });
    },
  };
}

/** One file of JavaScript for one runtime, given esbuild's options for it. */
export async function bundle(consumer, entry, options) {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(here, 'entries', entry)],
    absWorkingDir: root,
    tsconfigRaw: {},
    bundle: true,
    write: false,
    metafile: true,
    target: 'es2022',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
    plugins: [installed(consumer)],
    ...options,
  });
  const own = Object.keys(metafile.inputs).filter((path) => /^(src|dist)\//.test(path));
  if (own.length > 0) throw new Error(`not out of the tarball: ${own.join(', ')}`);
  return outputFiles[0].text;
}
