#!/usr/bin/env node
// Type-checks every ```ts block of the pages in the root, in docs/ and in examples/, and of the TSDoc in src/, and looks
// whether the relative links of the pages lead to a file, and to a heading of it. Each block is a module of its own;
// `momo-collections` is src/.
//
// What a block need not say itself: the names of the preamble below; on a page, what an earlier block of it imported or
// exported; in TSDoc, whatever the package or the file itself exports.
//
// Usage: node tools/check-docs.mjs [file ...]     exit code 1 when something fails

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '..');

/** Names every block may use, as a shop would have them. */
const preamble = `
import type * as momo from 'momo-collections';
import type * as testing from 'momo-collections/testing';
import type * as callbacks from 'momo-collections/callback';
import type * as ledgers from 'momo-collections/ledger';

interface Order {
  readonly id: string;
  readonly amount: string;
  readonly currency: string;
  readonly externalId: string;
  readonly payer: string;
  readonly referenceId: string;
}

declare global {
  const client: momo.MomoCollections;
  const options: momo.MomoCollectionsOptions;
  const rwandaOptions: momo.MomoCollectionsOptions;
  const ugandaOptions: momo.MomoCollectionsOptions;
  const subscriptionKey: string;
  const apiUser: string;
  const apiKey: string;
  /** The payment to ask for, or the HTTP request that came in. */
  const request: momo.RequestToPay & Request;
  const payment: momo.PaymentStatus;
  const result: momo.PollResult;
  const referenceId: string;
  const error: unknown;
  const order: Order;
  const sandbox: testing.MomoSandbox;
  const callback: callbacks.PaymentCallback;
  const callbackUrl: string;
  const handler: callbacks.CallbackHandler;
  const ledger: ledgers.PaymentLedger;
  const body: string;
  const currentSecret: string;
  const previousSecret: string;
  const state: momo.PollState;
  /** The shop's own database and actions. */
  const orders: {
    get(id: string): Promise<Order>;
    setReference(id: string, referenceId: string): Promise<void>;
    referenceOf(id: string, ifNone: string): Promise<string>;
    findByReference(referenceId: string): Promise<Order | undefined>;
    markPaid(eventId: string, payment: momo.PaymentStatus | ledgers.LedgerPayment): Promise<void>;
    listUndecided(): Promise<Order[]>;
    markFailed(payment: momo.PaymentStatus): Promise<void>;
    referenceOf(externalId: string | undefined): Promise<string | undefined>;
    finish(id: string, state: string): Promise<void>;
    review(id: string, why: string): Promise<void>;
  };
  function ship(externalId?: string): void;
  function fulfil(referenceId: string): Promise<void>;
  function pollLater(referenceId: string): Promise<void>;
  function checkSoon(referenceId: string): Promise<void>;
  const queue: { send(body: unknown, options: { delaySeconds: number }): Promise<void> };
  const log: { warn(fields: object): void };
  const secret: string;
  /** Frameworks and runtimes. */
  const app: { all(path: string, handler: (...parameters: any[]) => unknown): void };
  const Deno: { serve(handler: (request: Request) => unknown): void };
  const Bun: { serve(options: { fetch(request: Request): unknown }): void };
  const fastify: {
    register(
      plugin: (scope: {
        removeAllContentTypeParsers(): void;
        addContentTypeParser(type: string, parser: (request: any, payload: any, done: (error: null) => void) => void): void;
        all(path: string, handler: (request: { raw: any }, reply: { raw: any; hijack(): void }) => void): void;
      }) => Promise<void>,
    ): void;
  };
  /** The bindings of an edge platform, or the environment. */
  const env: { readonly TOKENS: momo.KeyValueStore; readonly CALLBACK_SECRET: string; readonly PROXY_KEY: string; readonly PROXY_APP_KEY: string };
}
`;

/** Names that mean something else in the TSDoc of one folder. */
const preambleOf = {
  'src/callback/': {
    options: "import('momo-collections/callback').CallbackHandlerOptions",
    headers: 'Headers',
    currentKey: 'string',
    previousKey: 'string',
  },
  'src/testing/': {
    expect: '(actual: unknown) => { toBe(expected: unknown): void }',
  },
};

/** The parts of other people's packages that the pages use, and that are not installed here. */
const otherPackages = `
declare module 'redis' {
  interface RedisClient {
    connect(): Promise<RedisClient>;
    get(key: string): Promise<string | null>;
    set(key: string, value: string, options?: { PX?: number; NX?: true }): Promise<string | null>;
    del(key: string): Promise<number>;
    eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  }
  export function createClient(options?: { url?: string | undefined }): RedisClient;
}
declare module 'unstorage' {
  interface Storage {
    getItem<T>(key: string): Promise<T | null>;
    setItem<T>(key: string, value: T): Promise<void>;
    removeItem(key: string): Promise<void>;
  }
  export function createStorage(options?: { driver?: unknown }): Storage;
}
declare module '@vercel/functions' {
  export function waitUntil(work: Promise<unknown>): void;
}
declare module '@opentelemetry/api' {
  type Attributes = Record<string, string | number | boolean | undefined>;
  type TimeInput = number | Date;
  export interface Span {
    addEvent(name: string, attributes?: Attributes, time?: TimeInput): Span;
    updateName(name: string): Span;
    setAttribute(name: string, value: string): Span;
    setStatus(status: { code: number; message?: string }): Span;
    end(time?: TimeInput): void;
  }
  export const SpanKind: { readonly CLIENT: 2 };
  export const SpanStatusCode: { readonly ERROR: 2 };
  export const trace: {
    getTracer(name: string): {
      startSpan(name: string, options?: { kind?: number; startTime?: TimeInput; attributes?: Attributes }): Span;
    };
  };
}
`;

/** @typedef {{ file: string, line: number, code: string, isTsdoc: boolean }} Block */

/** @returns {Block[]} */
function blocksOfPage(file, text) {
  const blocks = [];
  let open;
  for (const [index, line] of text.split('\n').entries()) {
    if (open === undefined) {
      const fence = /^(\s*)(`{3,})(\w*)/.exec(line);
      if (fence) open = { indent: fence[1], fence: fence[2], isTs: fence[3] === 'ts', line: index + 2, lines: [] };
    } else if (line.trim() === open.fence) {
      if (open.isTs) blocks.push({ file, line: open.line, code: open.lines.join('\n'), isTsdoc: false });
      open = undefined;
    } else {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    }
  }
  return blocks;
}

/** @returns {Block[]} */
function blocksOfSource(file, text) {
  const blocks = [];
  for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const firstLine = text.slice(0, comment.index).split('\n').length;
    const bare = comment[0].replace(/^[ \t]*\* ?/gm, '');
    for (const block of blocksOfPage(file, bare)) {
      blocks.push({ ...block, line: block.line + firstLine - 1, isTsdoc: true });
    }
  }
  return blocks;
}

/** What a block imports: the text of each name, by the name it gets. */
function importsOf(sourceFile) {
  const names = new Map();
  for (const statement of sourceFile.statements) {
    if (!ts.isImportDeclaration(statement) || statement.importClause === undefined) continue;
    const { name, namedBindings, phaseModifier } = statement.importClause;
    const type = phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type ' : '';
    const from = statement.moduleSpecifier.getText(sourceFile);
    if (name) names.set(name.text, `import ${type}${name.text} from ${from};`);
    if (namedBindings && ts.isNamedImports(namedBindings)) {
      for (const element of namedBindings.elements) {
        names.set(element.name.text, `import ${type}{ ${element.getText(sourceFile)} } from ${from};`);
      }
    }
  }
  return names;
}

/** The names a block declares at its top level. */
function declaredIn(sourceFile) {
  const names = new Set(importsOf(sourceFile).keys());
  const addName = (name) => {
    if (ts.isIdentifier(name)) names.add(name.text);
    else for (const element of name.elements) if (ts.isBindingElement(element)) addName(element.name);
  };
  for (const statement of sourceFile.statements) {
    if (ts.isVariableStatement(statement)) {
      for (const declaration of statement.declarationList.declarations) addName(declaration.name);
    } else if (statement.name) {
      addName(statement.name);
    }
  }
  return names;
}

/** What a block exports, imported from the block. */
function exportsOf(sourceFile, specifier) {
  const names = new Map();
  for (const statement of sourceFile.statements) {
    if (!ts.canHaveModifiers(statement)) continue;
    const keywords = (ts.getModifiers(statement) ?? []).map(({ kind }) => kind);
    if (!keywords.includes(ts.SyntaxKind.ExportKeyword) || keywords.includes(ts.SyntaxKind.DefaultKeyword)) continue;
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
    const declarations = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
    for (const { name } of declarations) {
      if (name && ts.isIdentifier(name)) {
        names.set(name.text, `import { ${isType ? 'type ' : ''}${name.text} } from '${specifier}';`);
      }
    }
  }
  return names;
}

function usedIn(sourceFile) {
  const names = new Set();
  const visit = (node) => {
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(sourceFile);
  return names;
}

const entries = {
  'momo-collections': 'src/index.ts',
  'momo-collections/callback': 'src/callback/index.ts',
  'momo-collections/ledger': 'src/ledger/index.ts',
  'momo-collections/ledger/sqlite': 'src/ledger/sqlite.ts',
  'momo-collections/ledger/postgres': 'src/ledger/postgres.ts',
  'momo-collections/testing': 'src/testing/index.ts',
  'momo-collections/testing/msw': 'src/testing/msw.ts',
  'momo-collections/testing/server': 'src/testing/server/index.ts',
};

const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
const { options } = ts.convertCompilerOptionsFromJson(
  {
    ...config.compilerOptions,
    lib: ['ES2023', 'DOM', 'DOM.Iterable'],
    types: ['node'],
    paths: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, [`./${path}`]])),
  },
  root,
);

/** Every public name, and the import that brings it. */
function publicImports() {
  const program = ts.createProgram(
    Object.values(entries).map((path) => join(root, path)),
    options,
  );
  const checker = program.getTypeChecker();
  const imports = new Map();
  for (const [entry, path] of Object.entries(entries)) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(join(root, path)));
    for (const symbol of module ? checker.getExportsOfModule(module) : []) {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const type = target.flags & ts.SymbolFlags.Value ? '' : 'type ';
      if (!imports.has(symbol.name)) imports.set(symbol.name, `import { ${type}${symbol.name} } from '${entry}';`);
    }
  }
  return imports;
}

/** What a source file exports itself: an internal function shows its use too. */
function ownImports(file) {
  const names = read(file).matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm);
  return [...names].map(([, name]) => [name, `import { ${name} } from './${file.replace(/\.ts$/, '.js')}';`]);
}

function findFiles(patterns) {
  return globSync(patterns, { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
}

const wanted = process.argv.slice(2).map((file) => relative(root, resolve(file)).replaceAll('\\', '/'));
const isWanted = (file) => wanted.length === 0 || wanted.includes(file);
const pages = findFiles(['*.md', 'docs/**/*.md', 'examples/*.md', 'examples/*/*.md']).filter(
  (file) => file !== 'CHANGELOG.md' && isWanted(file),
);
/** Generated from TSDoc, whose code is checked where it is written. */
const isReference = (file) => file.startsWith('docs/api/');
const sources = findFiles(['src/**/*.ts']).filter(isWanted);
const read = (file) => readFileSync(join(root, file), 'utf8');

const failures = [];
const blocks = [
  ...pages.filter((file) => !isReference(file)).flatMap((file) => blocksOfPage(file, read(file))),
  ...sources.flatMap((file) => blocksOfSource(file, read(file))),
];

// A module per block, its borrowed imports on one line before it.
const exported = publicImports();
const virtual = new Map();
const origin = new Map();
const onPage = new Map();
for (const [index, block] of blocks.entries()) {
  const parsed = ts.createSourceFile('block.ts', block.code, ts.ScriptTarget.ESNext, true);
  const declared = declaredIn(parsed);
  const used = usedIn(parsed);
  const earlier = onPage.get(block.file) ?? new Map();
  const borrowed = block.isTsdoc ? new Map([...ownImports(block.file), ...exported]) : earlier;
  const borrowing = [...borrowed].filter(([name]) => used.has(name) && !declared.has(name)).map(([, text]) => text);
  for (const [folder, names] of Object.entries(block.isTsdoc ? preambleOf : {})) {
    if (!block.file.startsWith(folder)) continue;
    for (const [name, type] of Object.entries(names)) {
      if (used.has(name) && !declared.has(name)) borrowing.push(`declare const ${name}: ${type};`);
    }
  }
  const later = [...earlier, ...importsOf(parsed), ...exportsOf(parsed, `./docs-block-${index}.js`)];
  onPage.set(block.file, new Map(later));
  const path = join(root, `docs-block-${index}.ts`);
  virtual.set(path, `${borrowing.join(' ')}\n${block.code}\n`);
  origin.set(path, block);
}
virtual.set(join(root, 'docs-preamble.d.ts'), preamble);
virtual.set(join(root, 'docs-other-packages.d.ts'), otherPackages);

const host = ts.createCompilerHost(options);
const { fileExists, readFile } = host;
const getSourceFile = host.getSourceFile.bind(host);
host.fileExists = (path) => virtual.has(resolve(path)) || fileExists(path);
host.readFile = (path) => virtual.get(resolve(path)) ?? readFile(path);
host.getSourceFile = (path, languageVersion, ...rest) => {
  const text = virtual.get(resolve(path));
  return text === undefined
    ? getSourceFile(path, languageVersion, ...rest)
    : ts.createSourceFile(path, text, languageVersion, true);
};
const program = ts.createProgram([...virtual.keys()], options, host);

for (const path of virtual.keys()) {
  const sourceFile = program.getSourceFile(path);
  const diagnostics = [...program.getSyntacticDiagnostics(sourceFile), ...program.getSemanticDiagnostics(sourceFile)];
  for (const { start = 0, messageText } of diagnostics) {
    const { line } = sourceFile.getLineAndCharacterOfPosition(start);
    const block = origin.get(path);
    const place = block ? `${block.file}:${block.line + line - 1}` : `${relative(root, path)}:${line + 1}`;
    failures.push(`${place}  ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  }
}

/** What can follow the # in a link to a page, as GitHub makes it of the headings; the reference has anchors of its own too. */
function anchorsOf(file) {
  const anchors = new Set();
  const counts = new Map();
  for (const [, title] of withoutCode(read(file)).matchAll(/^#+ +(.+?) *$/gm)) {
    const plain = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  for (const [, id] of read(file).matchAll(/<a id="([^"]+)">/g)) anchors.add(id);
  return anchors;
}

/** Lines keep their numbers. */
function withoutCode(text) {
  return text.replace(/^(`{3,})[\s\S]*?^\1$/gm, (block) => block.replace(/[^\n]+/g, ''));
}

let links = 0;
for (const file of pages) {
  for (const [index, line] of withoutCode(read(file)).split('\n').entries()) {
    for (const [, target, anchor] of line.matchAll(/\]\(([^)\s#]*)(?:#([^)\s]*))?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      links += 1;
      const path = target === '' ? file : join(dirname(file), target);
      if (!existsSync(join(root, path))) failures.push(`${file}:${index + 1}  no such file: ${target}`);
      else if (anchor && path.endsWith('.md') && !anchorsOf(path).has(anchor))
        failures.push(`${file}:${index + 1}  no such heading: ${target}#${anchor}`);
    }
  }
}

for (const failure of failures) console.error(failure);
const inSources = blocks.filter(({ isTsdoc }) => isTsdoc).length;
console.log(
  `${blocks.length} pieces of code (${blocks.length - inSources} in pages, ${inSources} in sources) and ${links} links checked, ${failures.length} failures.`,
);
if (failures.length > 0) process.exitCode = 1;
