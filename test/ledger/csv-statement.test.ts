import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readStatement,
  type StatementMapping,
  type StatementRow,
  type TextSource,
} from '../../src/ledger/reconcile/index.js';

const columns = { financialTransactionId: 'Id', externalId: 'Order', amount: 'Amount', currency: 'Currency' };

async function read(source: TextSource, mapping: Partial<StatementMapping> = {}): Promise<StatementRow[]> {
  const rows: StatementRow[] = [];
  for await (const row of readStatement(source, { columns, ...mapping })) rows.push(row);
  return rows;
}

/** The reading of one amount. */
async function amountOf(text: string, mapping: Partial<StatementMapping> = {}) {
  const [row] = await read(`Amount\tId\n${text}\t1\n`, {
    columns: { amount: 'Amount', financialTransactionId: 'Id' },
    currency: 'XAF',
    ...mapping,
  });
  return row;
}

const whole = 'Id,Order,Amount,Currency\r\n1,order-7,5000,XAF\r\n2,order-8,1500,XAF\r\n';
const rowsOfWhole = [
  { line: 2, financialTransactionId: '1', externalId: 'order-7', amount: '5000', currency: 'XAF' },
  { line: 3, financialTransactionId: '2', externalId: 'order-8', amount: '1500', currency: 'XAF' },
];

describe('where the text comes from', () => {
  const bytes = new TextEncoder().encode(whole);
  async function* inPieces() {
    for (const byte of bytes) yield Uint8Array.of(byte);
  }
  test.each<[string, () => TextSource]>([
    ['a string', () => whole],
    ['bytes', () => bytes],
    ['lines without their last break', () => whole.trimEnd()],
    ['a list of texts', () => [whole.slice(0, 30), whole.slice(30)]],
    ['a stream, byte by byte', inPieces],
    ['the body of a response', () => new Response(whole).body as ReadableStream<Uint8Array>],
    ['a file', () => new Blob([whole]).stream()],
  ])('%s', async (_, source) => {
    expect(await read(source())).toEqual(rowsOfWhole);
  });

  test('a stream that cannot be iterated', async () => {
    const { body } = new Response(whole);
    const source = { getReader: () => body?.getReader() } as unknown as ReadableStream<Uint8Array>;
    expect(await read(source)).toEqual(rowsOfWhole);
  });

  test('a letter that is cut in two by the pieces', async () => {
    const text = new TextEncoder().encode('Id,Order,Amount,Currency\n1,naïve,1,XAF\n');
    const cut = text.indexOf(0xc3) + 1;
    expect((await read([text.slice(0, cut), text.slice(cut)]))[0]?.externalId).toBe('naïve');
  });

  test('a byte order mark, in bytes and in text', async () => {
    expect(await read(`\ufeff${whole}`)).toEqual(rowsOfWhole);
    expect(await read(new TextEncoder().encode(`\ufeff${whole}`))).toEqual(rowsOfWhole);
  });

  test('UTF-16 with its mark, and other encodings by name', async () => {
    const utf16 = Uint8Array.from(
      [...`\ufeff${whole}`].flatMap((sign) => [sign.charCodeAt(0) & 255, sign.charCodeAt(0) >> 8]),
    );
    expect(await read(utf16)).toEqual(rowsOfWhole);
    const ansi = Uint8Array.from([...'Référence;Montant\nété;1'].map((sign) => sign.charCodeAt(0)));
    const mapping = {
      columns: { externalId: 'Référence', amount: 'Montant' },
      currency: 'XOF',
      encoding: 'windows-1252',
    };
    expect(await read(ansi, mapping)).toMatchObject([{ externalId: 'été', amount: '1' }]);
  });

  test('anything else than text or bytes is refused', async () => {
    await expect(read([1, 2] as unknown as string[])).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('the row of titles', () => {
  test.each([',', ';', '\t', '|'])('its delimiter %j is found', async (delimiter) => {
    expect(await read(whole.replaceAll(',', delimiter))).toEqual(rowsOfWhole);
  });

  test('another one can be given, or declared as Excel does', async () => {
    expect(await read(whole.replaceAll(',', '~'), { delimiter: '~' })).toEqual(rowsOfWhole);
    expect(await read(`sep=~\r\n${whole.replaceAll(',', '~')}`)).toEqual(
      rowsOfWhole.map((row) => ({ ...row, line: row.line + 1 })),
    );
  });

  test('is found below a heading and blank lines, in any case and spacing, and passed over when it comes again', async () => {
    const text = `Merchant statement, March\r\n\r\n id ,ORDER,Amount , Currency\r\n1,order-7,5000,XAF\r\n,,,\r\n${whole}`;
    expect((await read(text)).map((row) => row.line)).toEqual([4, 7, 8]);
  });

  test('says which columns it looked for in vain, and where it came closest', async () => {
    await expect(read('Id;Order;Montant\n1;2;3\n')).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/"Amount", "Currency".*line 1 has Id, Order, Montant/),
    });
    await expect(read('')).rejects.toMatchObject({ message: expect.stringContaining('it is empty') });
  });

  test('shows no phone number of a file without titles', async () => {
    const error = await read('46733123450,5000\n').catch((thrown: Error) => thrown);
    expect(String(error)).toContain('********450');
    expect(String(error)).not.toContain('46733123450');
  });

  test('a title that is there twice is not guessed', async () => {
    await expect(read('Id,Order,Amount,Amount,Currency\n')).rejects.toMatchObject({
      message: expect.stringContaining('"Amount" more than once'),
    });
  });

  test('a mapping that cannot be is refused at once, with all that is wrong', () => {
    const mapping = {
      columns: { amount: ' ', externalId: 3 },
      currency: 'xaf',
      delimiter: '"',
      decimal: ' ',
      encoding: 'none',
    };
    expect(() => readStatement('', mapping as unknown as StatementMapping)).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        issues: ['columns.amount', 'columns.externalId', 'currency', 'delimiter', 'decimal', 'encoding'].map((path) =>
          expect.objectContaining({ path }),
        ),
      }),
    );
    expect(() => readStatement('', { columns: { amount: 'Amount' } })).toThrow('currency must be given');
  });
});

describe('cells', () => {
  test('with delimiters, quotes and line breaks in quotes', async () => {
    const rows = await read('Id,Order,Amount,Currency\n1,"a, ""b""\r\nc","5,000.00",XAF\n2,x,1,XAF\n');
    expect(rows).toMatchObject([
      { line: 2, externalId: 'a, "b"\r\nc', amount: '5000.00' },
      { line: 4, externalId: 'x' },
    ]);
  });

  test.each(['\n', '\r\n', '\r'])('with lines that end in %j', async (lineBreak) => {
    expect(await read(whole.replaceAll('\r\n', lineBreak))).toEqual(rowsOfWhole);
  });

  test('a quote that is never closed tells its line', async () => {
    await expect(read(`${whole}3,"order-9,1,XAF\n4,x,1,XAF\n`)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('line 4 opens a quote that is never closed'),
    });
  });

  test('and does not swallow a large file into memory first', async () => {
    let pieces = 0;
    async function* endless() {
      yield `${whole}3,"`;
      for (; ; pieces += 1) yield 'x'.repeat(65_536);
    }
    await expect(read(endless())).rejects.toThrow('line 4 opens a quote');
    expect(pieces).toBeLessThan(20);
  });

  test('a row with too many cells, or text behind a quote, is reported and not read', async () => {
    const rows = await read('Id,Order,Amount,Currency\n1,order-7,5,000,XAF\n2,"o"x,1,XAF\n3,x,1,XAF,,\n');
    expect(rows).toMatchObject([
      { line: 2, problem: 'line 2 has 5 cells, the titles have 4' },
      { line: 3, problem: 'line 3: text follows a closing quote' },
      { line: 4, financialTransactionId: '3' },
    ]);
    expect(Object.keys(rows[0] ?? {})).toEqual(['line', 'problem']);
  });

  test('ids as spreadsheets wrap them', async () => {
    const text = 'Id\tOrder\tAmount\tCurrency\n="0012"\t\'007\t1\tXAF\n12.0\tn/a\t1\tXAF\n-\t0\t1\tXAF\n';
    const rows = await read(text);
    expect(rows.map((row) => [row.financialTransactionId, row.externalId])).toEqual([
      ['0012', '007'],
      ['12', undefined],
      [undefined, '0'],
    ]);
  });

  test('an id that a spreadsheet has rounded is no id', async () => {
    const [row] = await read('Id,Order,Amount,Currency\n1.94307E+09,order-7,1,XAF\n');
    expect(row).not.toHaveProperty('financialTransactionId');
    expect(row).toMatchObject({
      externalId: 'order-7',
      problem: expect.stringMatching('line 2, column "Id": has lost digits'),
    });
  });

  test('words, fees and settlement references are taken as they are', async () => {
    const mapping = {
      columns: { amount: 'A', status: 'S', kind: 'K', fee: 'F', settlementReference: 'P', referenceId: 'R' },
      currency: 'GHS',
    };
    const [row, blank, bad] = await read('A,S,K,F,P,R\n1, Done ,Fee,0.5,batch-1,abc\n1,,,,,\n1,x,,free,,\n', mapping);
    expect(row).toEqual({
      line: 2,
      amount: '1',
      currency: 'GHS',
      status: 'Done',
      kind: 'Fee',
      fee: '0.5',
      settlementReference: 'batch-1',
      referenceId: 'abc',
    });
    expect(blank).toMatchObject({ status: '' });
    expect(bad?.problem).toBe('line 4, column "F": is no amount');
  });

  test('a currency that is none, and several problems in one row', async () => {
    const [row] = await read('Id,Order,Amount,Currency\n1,a,x,FCFA\n');
    expect(row?.problem).toBe(
      'line 2, column "Currency": is no currency of three letters; line 2, column "Amount": is no amount',
    );
  });

  test('rows that are no transactions can be ignored', async () => {
    const rows = await read(`${whole}Total,,6500,XAF\r\n`, { ignore: (cells) => cells.Id === 'Total' });
    expect(rows).toEqual(rowsOfWhole);
  });
});

describe('amounts', () => {
  test.each([
    ['5000', '5000'],
    ['5000.00', '5000.00'],
    ['1,000', '1000'],
    ['12,345,678.90', '12345678.90'],
    ['1 000', '1000'],
    ['1\u00a0000.5', '1000.5'],
    ['1\u202f000', '1000'],
    ["1'000", '1000'],
    ['XAF 500', '500'],
    ['500 xaf', '500'],
    ['-500', '-500'],
    ['\u2212500', '-500'],
    ['500-', '-500'],
    ['(12.50)', '-12.50'],
    ['XAF -500', '-500'],
    ['+500', '500'],
    ['007', '7'],
    ['0', '0'],
    ['0.50', '0.50'],
    ['123456789012345678901234567890.12', '123456789012345678901234567890.12'],
  ])('%s is %s', async (text, amount) => {
    expect(await amountOf(text)).toEqual({ line: 2, financialTransactionId: '1', currency: 'XAF', amount });
  });

  test.each([
    ['1.000,50', '1000.50'],
    ['1000,5', '1000.5'],
    ['1.000', '1000'],
    ['1 000,00', '1000.00'],
    ['5000', '5000'],
  ])('with a decimal comma %s is %s', async (text, amount) => {
    expect(await amountOf(text, { decimal: ',' })).toMatchObject({ amount });
  });

  test.each([
    '1,5',
    '12,34,567',
    '1,0000',
    '1.000.000',
    '1 00',
    '1,000 000',
    '.5',
    '5.',
    '1..0',
    '--5',
    'EUR 5',
    'five',
    '٥',
    '1e3',
    '5E+02',
    '',
    '-',
    '()',
    '0x10',
    'NaN',
  ])('%j is none, and not guessed at', async (text) => {
    const row = await amountOf(text);
    expect(row).not.toHaveProperty('amount');
    expect(row?.problem).toMatch(/^line 2, column "Amount": /);
  });

  test('the problem says what may be wrong', async () => {
    expect((await amountOf('1,5'))?.problem).toContain('is the decimal sign ","?');
    expect((await amountOf('1E+06'))?.problem).toContain('lost digits to a spreadsheet');
    expect((await amountOf(''))?.problem).toContain('is empty');
  });
});

describe('any text', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '"', ',', ';', '\r', '\n', ' ', '=', "'", 'é', '\u{1f600}', '0'),
  });
  const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

  test('comes out as it went in, however it is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(text),
        fc.array(fc.nat(40)),
        fc.constantFrom(',', ';'),
        async (cells, cuts, delimiter) => {
          // Behind a letter, for the cleaning of ids is not meant here.
          const lines = cells.map((cell) => ['1', quote(`x${cell}x`), '1', 'XAF'].join(delimiter));
          const csv = [['Id', 'Order', 'Amount', 'Currency'].join(delimiter), ...lines].join('\r\n');
          const pieces: string[] = [];
          let at = 0;
          for (const cut of cuts) {
            pieces.push(csv.slice(at, at + cut));
            at += cut;
          }
          const rows = await read([...pieces, csv.slice(at)]);
          expect(rows.map((row) => row.externalId)).toEqual(cells.map((cell) => `x${cell}x`));
          expect(rows.every((row) => row.problem === undefined)).toBe(true);
        },
      ),
    );
  });

  test('that is no CSV gives rows, problems or invalid_input, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text), async (lines) => {
        try {
          for (const row of await read(['Id,Order,Amount,Currency\n', ...lines])) expect(row.line).toBeGreaterThan(1);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_input' });
        }
      }),
    );
  });
});

test.each([undefined, null, 5, {}, new Blob(['Id']), new Response('Id')])(
  'a source that is neither text nor a stream is refused at once, with what to give: %o',
  (source) => {
    expect(() => readStatement(source as never, { columns })).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining('file.stream()') }),
    );
  },
);

test.each<[unknown, string[]]>([
  [undefined, ['columns.amount', 'currency']],
  [null, ['columns.amount', 'currency']],
  [{ columns, delimiter: null }, ['delimiter']],
  [{ columns, ignore: 'Total' }, ['ignore']],
])('the mapping %o is refused at once', (mapping, paths) => {
  expect(() => readStatement('Id', mapping as never)).toThrow(
    expect.objectContaining({
      code: 'invalid_input',
      issues: paths.map((path) => expect.objectContaining({ path })),
    }),
  );
});
