// The results as rows of text: for the terminal, the page, and the README.

import { crowds, names } from './measure.mjs';

const group = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ' ');
const kilobytes = (bytes) => `${(bytes / 1_000).toFixed(1)} kB`;
const milliseconds = (ms) => `${ms < 10 ? ms.toFixed(2) : Math.round(ms)} ms`;

/** A number for each library, the others' with how many times ours it is. */
function numbers(title, values, write) {
  const ratio = (value) => {
    const times = value / values[0];
    return times >= 100 ? group(Math.round(times)) : times.toFixed(times >= 10 ? 0 : 1);
  };
  const cells = values.map((value, index) => (index === 0 ? write(value) : `${write(value)} (× ${ratio(value)})`));
  return { title, cells };
}

const count = (outcomes, key) => Object.values(outcomes).filter((outcome) => outcome[key]).length;

/** What comes out the same on every machine. */
export function factRows({ tokens, outcomes, secrets, edge }) {
  const of = (read) => names.map(read);
  const total = Object.keys(outcomes[names[0]]).length;
  return [
    ...crowds.map((crowd, index) =>
      numbers(
        `token calls for ${group(crowd)} first payments at once`,
        of((name) => tokens[name][index]),
        group,
      ),
    ),
    {
      title: `right outcomes of the ${total} cases below`,
      cells: of((name) => {
        const missing = count(outcomes[name], 'isMissing');
        return `${count(outcomes[name], 'isRight')}${missing > 0 ? ` (${missing} left to the shop)` : ''}`;
      }),
    },
    { title: 'of these cases, payers charged twice', cells: of((name) => String(count(outcomes[name], 'isTwice'))) },
    {
      title: 'secrets in a printed network error',
      cells: of((name) => secrets[name].join(', ') || 'none'),
    },
    {
      title: 'takes a payment on workerd',
      cells: of((name) => {
        const { plain, compat } = edge[name];
        if (plain.works) return 'yes';
        return compat.works ? 'only with `nodejs_compat`' : 'no';
      }),
    },
  ];
}

/** What depends on the machine, or on the day. */
export function timeRows({ speed, imports, sizes }) {
  const of = (read) => names.map(read);
  const size = (key) => of((name) => sizes[name][key]);
  return [
    numbers('bundle for Node, minified and gzipped', size('onNodeBytes'), kilobytes),
    numbers('bundle for elsewhere, minified and gzipped', size('elsewhereBytes'), kilobytes),
    numbers(
      'warm payment, median',
      of((name) => speed[name].p50Ms),
      milliseconds,
    ),
    numbers(
      'warm payment, 95th percentile',
      of((name) => speed[name].p95Ms),
      milliseconds,
    ),
    numbers(
      'CPU for a payment',
      of((name) => speed[name].cpuMs),
      milliseconds,
    ),
    numbers(
      'cold import',
      of((name) => imports[name].importMs),
      milliseconds,
    ),
  ];
}

export function markdown(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const body = rows.map(({ title, cells }) => line([title, ...cells]));
  return [line(head), line(head.map(() => '---')), ...body].join('\n');
}

/** Every case with what came of it; what is wrong is in bold. */
export function outcomeTable(outcomes, faults) {
  const rows = Object.keys(faults).map((title) => ({
    title,
    cells: names.map((name) => {
      const { isRight, isMissing, words } = outcomes[name][title];
      return isRight || isMissing ? words : `**${words}**`;
    }),
  }));
  return markdown(['case', ...names], rows);
}
