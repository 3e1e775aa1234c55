// The published types, as strangers compile against them.

import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript-6';
import { expectNone } from './report.mjs';
import { here, run } from './workshop.mjs';

const compilers = ['typescript-5.9', 'typescript-6', 'typescript-7'];
const resolutions = {
  node16: { module: 'node16' },
  nodenext: { module: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
};
const web = { lib: ['ES2022', 'DOM'], types: [] };
const node = { lib: ['ES2022'], types: ['node'] };
const nodeAndWeb = { lib: ['ES2022', 'DOM'], types: ['node'] };
const portable = ['main.ts', 'callback.ts', 'ledger.ts', 'postgres.ts', 'testing.ts'];
const onNode = ['node.ts', 'server.ts', 'sqlite.ts'];
/** Where a file's name does not say which entry it uses. */
const entryOf = {
  'main.ts': '',
  'msw.ts': '/testing/msw',
  'server.ts': '/testing/server',
  'postgres.ts': '/ledger/postgres',
  'sqlite.ts': '/ledger/sqlite',
};

const always = {
  target: 'ES2022',
  strict: true,
  skipLibCheck: false,
  noEmit: true,
  noUnusedLocals: true,
  // The one place where types are found that nobody imports.
  typeRoots: [join(here, 'node_modules', '@types')],
};
const strictest = {
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  erasableSyntaxOnly: true,
};

/** Every compile there is to do: which files, in whose folder, by which compiler, with what. */
function planCompiles({ plain, msw2, msw3 }) {
  const compiles = [];
  for (const compiler of compilers) {
    const add = (name, folder, files, options) => compiles.push({ name, folder, files, compiler, options });
    for (const [resolution, options] of Object.entries(resolutions)) {
      add(`${resolution}, DOM and no Node`, plain, portable, { ...options, ...web });
      add(`${resolution}, Node and no DOM`, plain, [...portable, ...onNode], { ...options, ...node });
      add(`${resolution}, msw 3`, msw3, ['msw.ts'], { ...options, ...nodeAndWeb });
    }
    // What the oldest msw 2 is made of does not hold against the newer compilers' own DOM.
    const skipLibCheck = compiler !== 'typescript-5.9';
    add('nodenext, msw 2', msw2, ['msw.ts'], { ...resolutions.nodenext, ...nodeAndWeb, skipLibCheck });
    add('nodenext, CommonJS', plain, ['commonjs.cts'], { ...resolutions.nodenext, ...node });
    const every = [...portable, ...onNode];
    add('nodenext, strictest', plain, every, { ...resolutions.nodenext, ...nodeAndWeb, ...strictest });
  }
  return compiles;
}

async function compile({ folder, files, compiler, options }, index) {
  const config = `tsconfig.${index}.json`;
  await writeFile(join(folder, config), JSON.stringify({ compilerOptions: { ...always, ...options }, files }));
  const tsc = join(here, 'node_modules', compiler, 'bin', 'tsc');
  const { code, stdout, stderr } = await run(process.execPath, [tsc, '-p', config, '--pretty', 'false'], folder);
  if (code !== 0) throw new Error(`${stdout}${stderr}`.trim());
}

/** Which exports of the package a consumer's file leaves out: a new export has to be used there too. */
function findUnused(folder, file) {
  const program = ts.createProgram([join(folder, file)], { module: ts.ModuleKind.NodeNext, types: [] });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(folder, file));
  const wanted = `momo-collections${entryOf[file] ?? `/${file.replace('.ts', '')}`}`;
  const statement = source.statements.find(
    (node) => ts.isImportDeclaration(node) && node.moduleSpecifier.text === wanted,
  );
  const used = statement.importClause.namedBindings.elements.map(
    ({ propertyName, name }) => (propertyName ?? name).text,
  );
  const entry = checker.getSymbolAtLocation(statement.moduleSpecifier);
  const names = checker.getExportsOfModule(entry).map(({ name }) => name);
  return names.filter((name) => !used.includes(name)).map((name) => `${wanted}: ${name} is not used in ${file}`);
}

export async function checkTypes(consumers, report) {
  const places = [
    ...[...portable, ...onNode, 'commonjs.cts'].map((file) => [consumers.plain, file]),
    [consumers.msw2, 'msw.ts'],
    [consumers.msw3, 'msw.ts'],
  ];
  // A module, so that `.ts` is one under node16 too.
  for (const folder of Object.values(consumers)) {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  }
  for (const [folder, file] of places) await copyFile(join(here, 'consumers', file), join(folder, file));

  await report.check('the consumers use every export', async () => {
    const inPlain = [...portable, 'server.ts', 'sqlite.ts'].flatMap((file) => findUnused(consumers.plain, file));
    expectNone([...inPlain, ...findUnused(consumers.msw3, 'msw.ts')]);
  });

  // Two at a time, told in order.
  const queue = planCompiles(consumers).map((item, index) => ({ ...item, index }));
  const results = new Map();
  const work = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const { name, compiler, index } = item;
      const label = `types: ${compiler.replace('-', ' ')}, ${name}`;
      results.set(index, [label, await compile(item, index).catch((error) => error)]);
    }
  };
  await Promise.all([work(), work()]);
  for (const [, [label, error]] of [...results].sort(([a], [b]) => a - b)) {
    await report.check(label, async () => {
      if (error !== undefined) throw error;
    });
  }
}
