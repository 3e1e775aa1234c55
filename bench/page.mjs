// docs/benchmark.md and its chart.

import { drawChart } from './chart.mjs';
import { faults } from './faults.mjs';
import { names } from './measure.mjs';
import { factRows, markdown, outcomeTable, timeRows } from './table.mjs';

const head = ['', ...names];

/** The part of the page that is the same on every machine; `npm run bench -- --check` compares it. */
export function factsSection(facts) {
  return `${markdown(head, factRows(facts))}\n\n## Cases\n\n${outcomeTable(facts.outcomes, faults)}`;
}

function panelsOf(facts, times) {
  const wanted = {
    'token calls for 1 000 first payments at once': ['Token calls, 1 000 cold payments', 'less is better'],
    [factRows(facts)[2].title]: [`Right outcomes of ${Object.keys(faults).length} cases`, 'more is better'],
    'CPU for a payment': ['CPU for a payment', 'less is better'],
    'warm payment, median': ['Time of a payment, median', 'less is better'],
    'cold import': ['Cold import', 'less is better'],
    'bundle for Node, minified and gzipped': ['Bundle for Node, minified, gzipped', 'less is better'],
  };
  const rows = [...factRows(facts), ...timeRows(times)];
  return Object.entries(wanted).map(([row, [title, hint]]) => {
    const { cells } = rows.find((candidate) => candidate.title === row);
    const bars = cells.map((cell) => {
      const label = cell.replace(/ \(.*\)$/, '');
      return { label, value: Number.parseFloat(label.replaceAll(' ', '')) };
    });
    return { title, hint, bars };
  });
}

export function writeChart(facts, times, machine) {
  return drawChart(panelsOf(facts, times), `npm run bench, one run: ${machine.short}`);
}

/** In which rows another library is ahead, in a sentence. */
function losses(times) {
  const rows = timeRows(times).map(({ title, cells }) => {
    const value = (cell) => Number.parseFloat(cell);
    const ahead = names.filter((_name, index) => value(cells[index]) < value(cells[0]));
    return { title, ahead };
  });
  const lost = rows.filter(({ ahead }) => ahead.length > 0);
  if (lost.length === 0) return 'In this run we lost in none of these.';
  return `Where we lost in this run: ${lost.map(({ title, ahead }) => `${title} (to ${ahead.join(' and ')})`).join('; ')}.`;
}

export function writePage(facts, times, machine) {
  return `# Benchmark

\`momo-collections\` beside the two packages on npm that do the same, [\`mtn-momo\`](https://www.npmjs.com/package/mtn-momo) and [\`mtn-momo-client\`](https://www.npmjs.com/package/mtn-momo-client), in one run against one mock of MTN. Do it yourself:

\`\`\`sh
npm install && npm run bench
\`\`\`

With \`-- --write\` it writes this page and the chart. (× n) is how many times ours.

![Bars: token calls, right outcomes, CPU, time, cold import and bundle of the three libraries; the numbers are in the tables below](benchmark.svg)

## Results

${factsSection(facts)}

"Right" is the one outcome that the shop and the payer would both call right: in most cases charged once and told so. Bold is wrong, "left to the shop" is neither.

## Times and sizes

These vary from run to run; the ratios less than the times.

${markdown(head, timeRows(times))}

For scale, the same two calls by the platform's bare \`fetch\`, with nothing checked: median ${times.speed['bare-fetch'].p50Ms.toFixed(2)} ms, CPU ${times.speed['bare-fetch'].cpuMs.toFixed(2)} ms.

${losses(times)} Against the seconds that MTN takes for an answer a millisecond is small, but it is there: input is checked, answers are read field by field, and every call has its timeouts, retries and budget.

From one run: ${machine.long}.

## How it is measured

- **The mock** is the sandbox of this package behind \`node:http\` on the loopback, with virtual time. It refuses what MTN refuses. For times it runs in a process of its own.
- **Each library** is used as its README says: \`collect\` here, \`requestToPay\` and then \`getTransaction\` at intervals with \`mtn-momo\`, \`requestToPay\` and then \`requestToPayTransactionStatus\` with \`mtn-momo-client\`. Where their READMEs are silent, the shop is careful in their favour: it takes an error of a status read for a reason to read again, every 5 seconds for 6 minutes, unless the error carries MTN's transaction, by which \`mtn-momo\` tells of a failed payment.
- **The shop has one rule** for all: when a call ends in an error that does not settle the payment, the payer presses the button once more. With this package the second press goes out under the reference id of the first, as its README says. The other two make a new id inside each call and give it back only when the call succeeds, so there is none to reuse.
- **The address** is built into \`mtn-momo-client\`. Its calls by \`node:https\` are led to the mock; nothing else of it is changed.
- **A crash** is a shop that starts again, knowing what it had stored. **MTN forgets the token** means 401 for it, before its announced end. Where **MTN never answers**, this package is given a timeout of one second in the place of its 30; the others have none to set, and were waited for 10 seconds.
- **A payment** is, for times, a request and a read of its status with the token at hand, one after another: 300 to warm up, then 300, and of 15 such rounds in turn the best, for a busy machine only adds. Our limit of status reads per second is switched off there. CPU is user and system time of the process.
- **Cold import** is \`import()\` in a fresh process, the best of 30. **Bundles** are made by esbuild out of the one import that takes payments; "elsewhere" is its \`browser\` platform with Node's modules left out, which \`mtn-momo\` (\`assert\`, \`Buffer\`) and \`mtn-momo-client\` (\`path\`, \`Buffer\`) still want.
- **workerd** is the runtime of Cloudflare Workers, bundled as Wrangler does, and has to take a payment. With the flag \`nodejs_compat\` a worker has much of Node.

The sources are in [bench/](../bench). \`.ci/run\` repeats the cases on every run, and fails when they are not as on this page.
`;
}
