// Writes the API reference, one page per entry point, from the TSDoc in src/ to docs/api/. With --check it compares
// instead, and fails on a page that is not what the sources say.
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Application, Context, Converter } from 'typedoc';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const root = fileURLToPath(new URL('..', import.meta.url));
const pages = join(root, 'docs/api');
const { name: packageName, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The source of each entry point, by the name that users import. */
const entries = new Map(
  Object.entries(exports)
    .filter(([, target]) => typeof target !== 'string')
    .map(([entry, { types }]) => [
      packageName + entry.slice(1),
      types.replace(/^\.\/dist/, 'src').replace(/\.d\.ts$/, '.ts'),
    ]),
);
const pageOf = (entryName) => entryName.slice(packageName.length + 1).replaceAll('/', '-') || 'index';

// Whether a name is to be written out is said where it is declared, and not where it is imported.
const { shouldInline } = Context.prototype;
Context.prototype.shouldInline = function (symbol, name) {
  return shouldInline.call(this, this.resolveAliasedSymbol(symbol), name);
};

const target = values.check ? mkdtempSync(join(tmpdir(), 'api-docs-')) : pages;
const app = await Application.bootstrapWithPlugins({
  plugin: ['typedoc-plugin-markdown'],
  entryPoints: [...entries.values()].map((file) => join(root, file)),
  tsconfig: join(root, 'tsconfig.node.json'),
  skipErrorChecking: true, // `npm run check:types` has done it
  excludeInternal: true,
  excludePrivate: true,
  // A base class that belongs to the platform is documented there.
  excludeExternals: true,
  disableSources: true,
  readme: 'none',
  logLevel: 'Warn',
  // Names that are not exported stand for a detail; check:docs sees to the rest.
  validation: { notExported: false },
  sort: ['source-order'],
  outputs: [{ name: 'markdown', path: target }],
  outputFileStrategy: 'modules',
  flattenOutputFiles: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  expandObjects: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  propertyMembersFormat: 'table',
  pageTitleTemplates: { module: ({ name }) => [...entries.keys()].find((entry) => pageOf(entry) === name) ?? name },
  typeDeclarationFormat: 'table',
});

app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
  // Pages are called after what is imported, and not after where it lies.
  for (const module of project.children ?? []) {
    const file = module.name.replace(/\/index$/, '');
    const entry = [...entries].find(([, source]) => source.replace(/^src\/|(\/index)?\.ts$/g, '') === file);
    if (entry) module.name = pageOf(entry[0]);
  }
  // A base that is not exported is no name for a reader; what it brings is listed all the same.
  for (const reflection of Object.values(project.reflections)) {
    reflection.extendedTypes &&= reflection.extendedTypes.filter(
      (base) => base.reflection || (base.package ?? packageName) !== packageName,
    );
    if (reflection.extendedTypes?.length === 0) {
      delete reflection.extendedTypes;
      delete reflection.typeHierarchy;
    }
    if (reflection.inheritedFrom && !reflection.inheritedFrom.reflection) delete reflection.inheritedFrom;
  }
});

const project = await app.convert();
if (project === undefined) throw new Error('The sources could not be read: see above.');
await app.generateOutputs(project);
// The first page calls the others by what a reader imports, the main entry first.
const list = [...entries.keys()].map((entry) => `- [\`${entry}\`](${pageOf(entry)}.md)`);
writeFileSync(join(target, 'README.md'), `# API reference\n\nOne page for each entry point.\n\n${list.join('\n')}\n`);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;

if (values.check) {
  const names = new Set([target, pages].flatMap((folder) => globSync('*.md', { cwd: folder })));
  const read = (folder, name) => existsSync(join(folder, name)) && readFileSync(join(folder, name), 'utf8');
  const stale = [...names].filter((name) => read(target, name) !== read(pages, name));
  rmSync(target, { recursive: true });
  if (stale.length > 0) {
    console.error(`docs/api is not what the sources say: ${stale.sort().join(', ')}. Run: npm run docs:api`);
    process.exitCode = 1;
  } else {
    console.log('API reference: as the sources say');
  }
}
