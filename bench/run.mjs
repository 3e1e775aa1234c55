// momo-collections beside the two packages on npm that do the same, in one run against one mock of MTN. After a build:
//   node bench/run.mjs            everything, as tables
//   node bench/run.mjs --write    and into docs/benchmark.md and docs/benchmark.svg
//   node bench/run.mjs --check    only what is the same on every machine, which has to be as on that page; and a few times

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { write: { type: 'boolean' }, check: { type: 'boolean' } } });
const here = import.meta.dirname;
const docs = join(here, '../docs');

/** The libraries live in a folder of their own, and come on the first run. */
function installLibraries() {
  const stamp = join(here, 'node_modules/.package-lock.json');
  const wanted = readFileSync(join(here, 'package-lock.json'), 'utf8');
  const isThere = existsSync(stamp) && ['mtn-momo', 'mtn-momo-client', 'esbuild', 'miniflare'].every(isLocked);
  function isLocked(name) {
    const read = (text) => JSON.parse(text).packages[`node_modules/${name}`]?.version;
    return read(readFileSync(stamp, 'utf8')) === read(wanted);
  }
  if (!isThere) execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' });
}

function describeMachine(installed) {
  const [{ model }] = cpus();
  const versions = ['mtn-momo', 'mtn-momo-client'].map((name) => `${name} ${installed(name)}`);
  const system = `${model.trim()}, ${cpus().length} cores, ${platform()} ${arch()}, Node ${process.versions.node}`;
  const date = new Date().toISOString().slice(0, 10);
  return {
    short: `${versions.join(', ')}; ${model.trim()}, Node ${process.versions.node}, ${date}`,
    long: `${date}, ${system}; ${versions.join(', ')}, esbuild ${installed('esbuild')}, workerd ${installed('workerd')}`,
  };
}

installLibraries();
const installed = (name) => JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8')).version;
const { measureFacts, measureTimes, names } = await import('./measure.mjs');
const { factsSection, writeChart, writePage } = await import('./page.mjs');
const { factRows, timeRows } = await import('./table.mjs');
const { faults } = await import('./faults.mjs');

const say = (what) => console.error(`… ${what}`);
const print = (rows) =>
  console.table(
    Object.fromEntries(
      rows.map(({ title, cells }) => [title, Object.fromEntries(names.map((name, index) => [name, cells[index]]))]),
    ),
  );

const facts = await measureFacts(say);
const times = await measureTimes(say, values.check ? { rounds: 1, payments: 50 } : { rounds: 15, payments: 300 });
const machine = describeMachine(installed);
print(factRows(facts));
print(Object.keys(faults).map((title) => ({ title, cells: names.map((name) => facts.outcomes[name][title].words) })));
print(timeRows(times));
console.log(machine.long);

if (values.write) {
  writeFileSync(join(docs, 'benchmark.svg'), writeChart(facts, times, machine));
  writeFileSync(join(docs, 'benchmark.md'), writePage(facts, times, machine));
}
if (values.check && !readFileSync(join(docs, 'benchmark.md'), 'utf8').includes(factsSection(facts))) {
  console.error('docs/benchmark.md is not what comes out. Look at the difference, then run: npm run bench -- --write');
  process.exitCode = 1;
}
