// Kills a process at every step of its work with the ledger, each statement to the database and each call to MTN, and looks
// after a restart whether each payment was made once, and is as MTN says, with one receipt, and with its events delivered.
//   npm run test:crash
//   npm run test:crash -- --store sqlite --scenario paid --point 17       one crash (or some: a part of the name will do)

import { parseArgs } from 'node:util';
import { bundleChild } from '../support/children.js';
import { type CrashResult, crash, type StoreKind } from './run.js';
import { type Scenario, scenarios } from './scenarios.js';

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: '' },
    scenario: { type: 'string', default: '' },
    point: { type: 'string' },
    processes: { type: 'string', default: '3' },
  },
});
const allKinds: readonly StoreKind[] = process.env.DATABASE_URL ? ['sqlite', 'postgres'] : ['sqlite'];
const kinds = allKinds.filter((kind) => kind.startsWith(values.store));
const wanted = scenarios.filter(({ name }) => name.includes(values.scenario));
const childPath = await bundleChild(new URL('child.ts', import.meta.url), 'crash');
const startedAtMs = performance.now();

interface Row {
  readonly scenario: string;
  readonly store: string;
  points: number;
  /** How often the order was not in the ledger yet when the process died. */
  'not recorded': number;
  /** What the first attempts came to, of those that were recorded. */
  result: string;
}

const rows: Row[] = [];
const failures: string[] = [];
for (const kind of kinds) {
  for (const scenario of wanted) rows.push(await crashEverywhere(scenario, kind));
}
console.table(rows);
const points = rows.reduce((sum, row) => sum + row.points, 0);
console.log(
  `${points} crashes in ${Math.round((performance.now() - startedAtMs) / 1_000)} s, ${failures.length} failures`,
);
for (const failure of failures) console.error(failure);
if (failures.length > 0 || points === 0) process.exitCode = 1;

async function crashEverywhere(scenario: Scenario, kind: StoreKind): Promise<Row> {
  // Once without a crash: that says which steps there are.
  const { steps } = await crash(scenario, kind, 0, childPath);
  const all = steps.map((_, index) => index + 1);
  const queue = values.point === undefined ? all : all.filter((point) => point === Number(values.point));
  const row = { scenario: scenario.name, store: kind, points: queue.length, 'not recorded': 0, result: '' };
  const counts = new Map<string, number>();
  const work = async () => {
    for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
      const result = await crash(scenario, kind, point, childPath).catch((error): CrashResult | undefined => {
        const command = `npm run test:crash -- --store ${kind} --scenario '${scenario.name}' --point ${point}`;
        failures.push(
          `before ${steps[Number(point) - 1]}: ${error instanceof Error ? error.stack : error}\n  ${command}`,
        );
        return undefined;
      });
      if (result === undefined) continue;
      if (!result.wasRecorded) row['not recorded']++;
      const states = result.states.join(', ');
      if (result.wasRecorded) counts.set(states, (counts.get(states) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: Number(values.processes) }, work));
  row.result = [...counts].map(([states, count]) => `${count} ${states}`).join('; ');
  return row;
}
