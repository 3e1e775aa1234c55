#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { reportFailure } from './command-failure.js';
import { processTerminal } from './output.js';
import { run } from './run.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const terminal = processTerminal(process);

// Ctrl-C lets the command put the terminal in order, and so does what ends a container or a job in CI; a second one ends
// the process as usual.
const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupt.abort());
// Node would end with 1, which says of a payment that it failed.
process.on('uncaughtException', (error) =>
  process.exit(reportFailure(terminal, process.argv.includes('--json'), error)),
);
// The reader of a pipe may leave early, as `head` does, or a disk be full: the command stops as on Ctrl-C. Never with 0,
// which says of a payment that it is paid.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') terminal.writeError(`stdout cannot be written (${code}): stopping.\n`);
  interrupt.abort();
});
process.stderr.on('error', () => {});

run(process.argv.slice(2), { terminal, signal: interrupt.signal, version }).then((code) => {
  process.exitCode = code;
});
