#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { processTerminal } from './output.js';
import { run } from './run.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

// Ctrl-C lets the command put the terminal in order; a second one ends the process as usual.
const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());
// The reader of a pipe may leave early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

run(process.argv.slice(2), { terminal: processTerminal(process), signal: interrupt.signal, version }).then((code) => {
  process.exitCode = code;
});
