// What is in the tarball: every file it promises, nothing else, and maps that lead somewhere.

import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, posix, relative, sep } from 'node:path';
import ts from 'typescript-6';
import { expectNone } from './report.mjs';
import { pack, root } from './workshop.mjs';

export async function packTwice(temp, report) {
  const first = await pack(join(temp, 'pack-1'));
  await report.check('packed twice, the tarball is the same', async () => {
    const second = await pack(join(temp, 'pack-2'));
    if (first.hash !== second.hash) throw new Error(`sha512 ${first.hash}\nthen   ${second.hash}`);
  });
  return first;
}

/** The files under a folder of the repository, as the tarball would name them. */
async function filesUnder(folder) {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

const alwaysPacked = ['package.json', 'README.md', 'LICENSE'];

/** What `files` of package.json comes to. It knows folders, files and `!folder`; another pattern needs a look here. */
async function promisedFiles({ files }) {
  const promised = new Set(alwaysPacked);
  for (const pattern of files) {
    if (/[*?[{]/.test(pattern)) throw new Error(`"files" has the pattern ${pattern}, which this test cannot read`);
    if (pattern.startsWith('!')) {
      for (const path of promised) if (path.startsWith(`${pattern.slice(1)}/`)) promised.delete(path);
      continue;
    }
    const found = await filesUnder(pattern).catch((error) => {
      if (error.code === 'ENOTDIR') return [pattern];
      // The first release makes the change log.
      if (error.code === 'ENOENT' && pattern === 'CHANGELOG.md') return [];
      throw error;
    });
    for (const path of found) promised.add(path);
  }
  return [...promised].sort();
}

/** Every path that package.json points at: types, modules, commands. */
function targetsOf({ exports, bin }) {
  const paths = (value) => (typeof value === 'string' ? [value] : Object.values(value).flatMap(paths));
  return [...paths(exports), ...paths(bin)].map((path) => posix.normalize(path));
}

/** What a map of the tarball says wrong. Its sources are in the tarball; of a bundle they may be inside the map instead. */
async function findMapProblems(path, packed, read) {
  const problems = [];
  const { sources, sourcesContent = [] } = JSON.parse(await read(path));
  for (const [index, source] of sources.entries()) {
    const target = posix.join(posix.dirname(path), source);
    const content = sourcesContent[index];
    if (packed.has(target)) {
      if (typeof content === 'string' && content !== (await read(target))) {
        problems.push(`${path}: ${target} is not what it was built from: build again`);
      }
    } else if (path.endsWith('.d.ts.map') || typeof content !== 'string') {
      problems.push(`${path}: ${target} is not in the tarball`);
    }
  }
  return problems;
}

/** The declarations an entry leads to, and the packages they import. */
async function readDeclarations(entry, read) {
  const texts = new Map();
  const packages = new Map();
  const visit = async (path) => {
    if (texts.has(path)) return;
    const text = await read(path);
    texts.set(path, text);
    const { importedFiles, referencedFiles, typeReferenceDirectives } = ts.preProcessFile(text);
    for (const { fileName } of [...importedFiles, ...referencedFiles, ...typeReferenceDirectives]) {
      if (fileName.startsWith('.')) await visit(posix.join(posix.dirname(path), fileName.replace(/\.js$/, '.d.ts')));
      else packages.set(fileName, path);
    }
  };
  await visit(entry);
  return { texts, packages };
}

const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

export async function checkTarball({ files }, consumer, report) {
  const installed = join(consumer, 'node_modules', 'momo-collections');
  const read = (path) => readFile(join(installed, path), 'utf8');
  const manifest = JSON.parse(await read('package.json'));
  const packed = new Set(files);

  await report.check('the tarball has what "files" promises, and no more', async () => {
    const promised = await promisedFiles(manifest);
    const missing = promised.filter((path) => !packed.has(path)).map((path) => `missing: ${path}`);
    const odd = files.filter((path) => !promised.includes(path)).map((path) => `not promised: ${path}`);
    const unwanted = files.filter((path) =>
      /(^|\/)(test|tests|node_modules)\/|\.test\.|\.tsbuildinfo$|\.env/.test(path),
    );
    expectNone([...missing, ...odd, ...unwanted.map((path) => `unwanted: ${path}`)]);
    return `${files.length} files`;
  });

  await report.check('what "exports" and "bin" point at is in the tarball', async () => {
    expectNone(targetsOf(manifest).filter((path) => !packed.has(path)));
  });

  await report.check('every module and declaration has a map, and maps lead to files of the tarball', async () => {
    const problems = [];
    let count = 0;
    for (const path of files.filter((name) => /^dist\/.*\.(js|d\.ts)$/.test(name))) {
      const name = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(await read(path))?.[1];
      const map = posix.join(posix.dirname(path), name ?? '');
      if (name === undefined) problems.push(`${path} names no map`);
      else if (!packed.has(map)) problems.push(`${path} names ${map}, which is not in the tarball`);
      else problems.push(...(await findMapProblems(map, packed, read)));
      count += 1;
    }
    expectNone(problems);
    return `${count} maps`;
  });

  await report.check('no file names a folder of the machine it was built on', async () => {
    const places = [root, dirname(root.replace(/\/$/, ''))].filter((place) => place.length > 1);
    const texts = await Promise.all(files.map(async (path) => [path, await read(path)]));
    expectNone(texts.filter(([, text]) => places.some((place) => text.includes(place))).map(([path]) => path));
  });

  for (const [entry, { types }] of Object.entries(manifest.exports).filter(([, target]) => target.types)) {
    const name = entry.replace(/^\./, manifest.name);
    const allowed = entry === './testing/msw' ? ['msw'] : [];
    await report.check(`the declarations of ${name} need ${allowed.join() || 'no package'}`, async () => {
      const { texts, packages } = await readDeclarations(posix.normalize(types), read);
      const problems = [...packages].filter(([found]) => !allowed.includes(found));
      const mentions = [...texts].flatMap(([path, text]) =>
        ['ky', 'zod', 'uuid', 'msw']
          .filter((word) => !allowed.includes(word) && new RegExp(`\\b${word}\\b`, 'i').test(withoutComments(text)))
          .map((word) => `${path} says "${word}"`),
      );
      expectNone([...problems.map(([found, path]) => `${path} needs "${found}"`), ...mentions]);
      return `${texts.size} files`;
    });
  }
}
