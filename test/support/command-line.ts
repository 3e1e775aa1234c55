import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CommandContext } from '../../src/cli/command.js';
import { run } from '../../src/cli/run.js';
import { createMomoSandbox, type MomoSandbox, type MomoSandboxOptions } from '../../src/testing/index.js';
import { type FakeTerminalOptions, fakeTerminal } from './fake-terminal.js';

/** The variables of a sandbox's merchant. */
function envOf({ credentials }: MomoSandbox): Record<string, string> {
  const { subscriptionKey, apiUser, apiKey, targetEnvironment } = credentials;
  return {
    MTN_SUBSCRIPTION_KEY: subscriptionKey,
    MTN_API_USER: apiUser,
    MTN_API_KEY: apiKey,
    MTN_TARGET_ENV: targetEnvironment,
  };
}

/** An empty folder that goes with the test. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'momo-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Ended {
  readonly code: number;
  readonly text: string;
  readonly errors: string;
  readonly questions: readonly string[];
}

/** A shell in an empty folder, with a sandbox in the place of MTN. */
export interface Shell {
  readonly sandbox: MomoSandbox;
  readonly env: Record<string, string>;
  readonly cwd: string;
  /** All that a command gets but the terminal. */
  context(more?: Partial<CommandContext>): Omit<CommandContext, 'terminal'>;
  run(argv: readonly string[], more?: Partial<CommandContext> & FakeTerminalOptions): Promise<Ended>;
}

export function createShell(options: MomoSandboxOptions = {}): Shell {
  const sandbox = createMomoSandbox(options);
  const { fetch, clock } = sandbox.clientOptions();
  const env = envOf(sandbox);
  const cwd = temporaryFolder();
  const context = (more: Partial<CommandContext> = {}) => ({
    signal: new AbortController().signal,
    env,
    cwd,
    fetch,
    clock,
    ...more,
  });
  return {
    sandbox,
    env,
    cwd,
    context,
    async run(argv, { isInteractive, rows, columns, answer, ...more } = {}) {
      const given = { isInteractive, rows, columns, answer };
      const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const terminal = fakeTerminal(known);
      const code = await run(argv, { terminal, ...context(more), version: '1.2.3' });
      return { code, text: terminal.text, errors: terminal.errors, questions: terminal.questions };
    },
  };
}

/** The objects of JSON lines; fails when a line is none. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
