import { describe, expect, it } from 'vitest';
import { runDemo } from '../../src/cli/commands/demo.js';
import { run } from '../../src/cli/run.js';
import { createMomoSandbox, testNumbers } from '../../src/testing/index.js';
import { type FakeTerminal, fakeTerminal, lastPicture } from '../support/fake-terminal.js';

const uuidV4 = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
const signal = new AbortController().signal;

/** A wall clock whose waits cost nothing: that of another sandbox. */
const virtualWall = () => createMomoSandbox().clientOptions().clock;

function demo(terminal: FakeTerminal, options: { json?: boolean; signal?: AbortSignal } = {}): Promise<number> {
  return runDemo({ json: false, signal, ...options, terminal, wall: virtualWall() });
}

function expectNoSecrets(text: string) {
  for (const number of Object.values(testNumbers.requestToPay)) expect(text).not.toContain(number);
  // The sandbox of the demo has keys of its own; this is what they look like.
  const keys = /[0-9a-f]{16,}|Bearer|Basic|Ocp-Apim/i;
  const { subscriptionKey, apiKey } = createMomoSandbox().credentials;
  expect([subscriptionKey, apiKey]).toEqual([expect.stringMatching(keys), expect.stringMatching(keys)]);
  expect(text.replaceAll(uuidV4, '')).not.toMatch(keys);
}

describe('demo', () => {
  it('tells scripts how four payments went, one JSON object a line', async () => {
    const terminal = fakeTerminal();
    expect(await demo(terminal, { json: true })).toBe(0);
    const events = terminal.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const results = events.filter(({ event }) => event === 'result');
    expect(
      Object.fromEntries(results.map(({ payment, state, code, asExpected }) => [payment, { state, code, asExpected }])),
    ).toEqual({
      paid: { state: 'successful', code: undefined, asExpected: true },
      refused: { state: 'failed', code: 'APPROVAL_REJECTED', asExpected: true },
      expired: { state: 'expired', code: 'EXPIRED', asExpected: true },
      delayed: { state: 'successful', code: undefined, asExpected: true },
    });
    expect(events.at(-1)).toMatchObject({
      event: 'summary',
      ok: true,
      asExpected: 4,
      calls: { tokens: 1, creates: 4 },
    });
    const ofRefused = events.filter(({ payment }) => payment === 'refused');
    expect(ofRefused.map(({ event }) => event)).toEqual(['reference', 'sent', 'accepted', 'status', 'result']);
    expect(new Set(ofRefused.map(({ referenceId }) => referenceId)).size).toBe(1);
    expectNoSecrets(terminal.text);
  });

  it('writes one line per change where nobody can be shown a moving picture', async () => {
    const terminal = fakeTerminal();
    expect(await demo(terminal)).toBe(0);
    expect(terminal.text).not.toContain('\x1b');
    expect(terminal.text).toMatch(/delayed {2}read 1: CREATED\n.*delayed {2}read \d: PENDING\n.*SUCCESSFUL\n/s);
    expect(terminal.text).toContain('"You refused the payment; start again if that was a mistake."');
    expect(terminal.text).toContain('4 of 4 ended as MTN documents.');
    expectNoSecrets(terminal.text);
  });

  it('draws a board that stays within 80 columns and ends with all four decided', async () => {
    const terminal = fakeTerminal({ isInteractive: true });
    expect(await demo(terminal)).toBe(0);
    const shown = lastPicture(terminal.text);
    for (const line of shown.split('\n')) expect(line.length, line).toBeLessThan(80);
    expect(shown.match(/^[✓✗] /gm)).toEqual(['✓ ', '✗ ', '✗ ', '✓ ']);
    expect(new Set(shown.match(uuidV4)).size).toBe(4);
    expect(terminal.text.endsWith('ten lines.\n')).toBe(true);
    // The cursor comes back.
    expect(terminal.text.lastIndexOf('\x1b[?25h')).toBeGreaterThan(terminal.text.lastIndexOf('\x1b[?25l'));
    expectNoSecrets(terminal.text);
  });

  it('cuts the board to a narrow terminal, and does without it on a low one', async () => {
    const narrow = fakeTerminal({ isInteractive: true, columns: 40 });
    await demo(narrow);
    const board = lastPicture(narrow.text).split('\n\npayment')[0] as string;
    for (const line of board.split('\n')) expect(line.length, line).toBeLessThan(40);
    const low = fakeTerminal({ isInteractive: true, rows: 10 });
    await demo(low);
    expect(low.text).not.toContain('\x1b');
  });

  it('stops on Ctrl-C with 130, and gives the cursor back', async () => {
    const terminal = fakeTerminal({ isInteractive: true });
    const interrupt = new AbortController();
    const write = terminal.write;
    terminal.write = (text) => {
      write(text);
      if (text.includes('202')) interrupt.abort();
    };
    expect(await demo(terminal, { signal: interrupt.signal })).toBe(130);
    expect(terminal.text.endsWith('\x1b[?25h')).toBe(true);
  });
});

describe('the command line', () => {
  async function runWith(...argv: string[]) {
    const terminal = fakeTerminal();
    const code = await run(argv, { terminal, signal, version: '1.2.3' });
    return { code, text: terminal.text, errors: terminal.errors };
  }

  it.each([
    [['demo', '--nope'], "Unknown option '--nope'."],
    [['demo', 'extra'], "Unexpected argument 'extra'."],
    [['demo', '--json=yes'], "Option '--json' does not take an argument."],
    [['nope'], 'There is no command "nope".'],
    [['help', 'nope'], 'There is no command "nope".'],
    [['--nope'], 'There is no option --nope here'],
  ])('answers %j with 2 and what to do', async (argv, problem) => {
    const { code, text, errors } = await runWith(...argv);
    expect(code).toBe(2);
    expect(text).toBe('');
    expect(errors).toContain(problem);
    expect(errors).toMatch(/\nTry: momo-collections (demo )?--help\n$/);
  });

  it.each([[[]], [['--help']], [['-h']], [['help']]])('lists the commands for %j', async (argv) => {
    const { code, text } = await runWith(...argv);
    expect(code).toBe(0);
    expect(text).toMatch(/^ {2}demo {2}/m);
  });

  it.each([[['demo', '--help']], [['demo', '-h']], [['help', 'demo']]])('shows examples for %j', async (argv) => {
    const { code, text } = await runWith(...argv);
    expect(code).toBe(0);
    expect(text).toContain('npx momo-collections demo --json');
  });

  it('knows its version', async () => {
    expect(await runWith('--version')).toEqual({ code: 0, text: '1.2.3\n', errors: '' });
  });
});
