import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('bundles to at most 8 kB minified and gzipped, with no package and no Node built-in', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: ['src/callback/index.ts'],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral', // any import of a package or a built-in fails the build
  });
  expect(gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length).toBeLessThanOrEqual(8_000);
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.filter((input) => !/^src\/(callback|payment|errors)/.test(input))).toEqual([]);
});
