import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { canTransition, currencyDecimals, nextStates, type PaymentState, targetEnvironments } from '../../src/index.js';

const page = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the pages that repeat what the code says', () => {
  it('draw every transition of a payment, and no other', async () => {
    const text = await page('docs/states-and-errors.md');
    const drawn = [...text.matchAll(/^ {2}(\w+) --> (\w+)/gm)].map(([, from, to]) => `${from} ${to}`);
    const states = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, state]) => state as PaymentState);
    const allowed = [...new Set(states)].flatMap((from) => nextStates(from).map((to) => `${from} ${to}`));
    expect(drawn.length).toBeGreaterThan(0);
    expect(drawn.sort()).toEqual(allowed.sort());
  });

  it('draw no way of the ledger that the payment rules do not allow', async () => {
    const drawn = [...(await page('docs/ledger.md')).matchAll(/^ {2}(\w+) --> (\w+)/gm)];
    expect(drawn.length).toBeGreaterThan(0);
    const wrong = drawn.filter(([, from, to]) => !canTransition(from as PaymentState, to as PaymentState));
    expect(wrong.map(([line]) => line)).toEqual([]);
  });

  it('list the twelve cases of the ledger as its tests do', async () => {
    const listed = [...(await page('docs/ledger.md')).matchAll(/^\| (\d+)\. /gm)].map(([, number]) => Number(number));
    const tests = await page('test/ledger/twelve-cases.test.ts');
    const tested = [...tests.matchAll(/^ {2}test\('(\d+)\. /gm)].map(([, number]) => Number(number));
    expect(listed).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(tested).toEqual(listed);
  });

  it('list every environment with its country, currency, decimals and address', async () => {
    const rows = [...(await page('docs/going-live.md')).matchAll(/^\| `(\w+)` \|(.*)\|$/gm)];
    const listed = rows.map(([, name, cells = '']) => {
      const [country, currency, decimals, , baseUrl] = cells.split('|').map((cell) => cell.trim());
      return [name, country, currency, Number(decimals), baseUrl];
    });
    const known = Object.entries(targetEnvironments).map(([name, info]) => {
      const country = 'country' in info ? info.country : '';
      return [name, country, info.currency, currencyDecimals(info.currency), `\`${info.baseUrl}\``];
    });
    expect(listed.slice(1)).toEqual(known); // after the heads
  });

  it('have a line in the checklist for every country', async () => {
    const listed = [...(await page('docs/going-live.md')).matchAll(/^- \[ \] \*\*(.*?)\.\*\*/gm)];
    const countries = Object.values(targetEnvironments).flatMap((info) => ('country' in info ? [info.country] : []));
    const names = listed.map(([, name]) => name);
    expect(names.filter((name) => countries.some((country) => country === name))).toEqual(
      [...new Set(countries)].sort(),
    );
  });

  it('say the same in both languages: sections, tables and code', async () => {
    const [english, french] = (await Promise.all([page('README.md'), page('README.fr.md')])).map((text) => {
      const blocks = text.match(/^```[\s\S]*?^```$/gm) ?? [];
      return {
        code: blocks.map((block) => block.replace(/ *(\/\/|#) .*$/gm, '')),
        headings: text.match(/^#+ /gm),
        links: [...text.matchAll(/\]\(((?!README)[^)]*)\)/g)].map(([, target]) => target),
        codes: [...text.matchAll(/^\| (`.*?`) \|/gm)].map(([, codes]) => codes),
      };
    });
    expect(english?.code.length).toBeGreaterThan(0);
    expect(french).toEqual(english);
  });

  it('quote the benchmark as its page has it', async () => {
    const countsOf = (text: string) =>
      [...text.matchAll(/^\|[^|]*\|([^|]*\d[^|]*)\|([^|]*)\|([^|]*)\|$/gm)].map(([, ...cells]) =>
        cells.map((cell) => cell.match(/[\d.]+( \d{3})*/)?.[0]).join(),
      );
    const measured = countsOf(await page('docs/benchmark.md'));
    for (const readme of ['README.md', 'README.fr.md']) {
      const quoted = countsOf((await page(readme)).split('`npm run bench`')[1] ?? '');
      expect(quoted).toHaveLength(3);
      for (const counts of quoted) expect(measured).toContain(counts);
    }
  });
});
