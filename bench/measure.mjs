// Every measurement, each in a process of its own, the libraries in turn. What comes out the same on every machine is a
// fact; times are not.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { measureSize } from './bundle.mjs';
import { measureEdge } from './edge.mjs';
import { faults, judge } from './faults.mjs';

export const names = ['momo-collections', 'mtn-momo', 'mtn-momo-client'];
export const crowds = [20, 1_000];
const specifiers = { 'momo-collections': '../../dist/index.js' };

/** A probe's answer. No proxy of this machine comes between it and the loopback. */
function probe(file, ...args) {
  const env = { PATH: process.env.PATH, NODE_ENV: 'production' };
  return new Promise((resolve, reject) => {
    const parameters = [join(import.meta.dirname, 'probes', file), ...args.map(String)];
    execFile(process.execPath, parameters, { env, cwd: import.meta.dirname }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${file} ${args.join(' ')} failed\n${stderr}`));
      else resolve(JSON.parse(stdout));
    });
  });
}

/** The mock in a process of its own, so that its work is not counted as a library's. */
async function withMock(work) {
  const mock = spawn(process.execPath, [join(import.meta.dirname, 'mock.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(createInterface(mock.stdout), 'line');
    return await work(line, JSON.parse(line).baseUrl);
  } finally {
    mock.kill();
  }
}

const forEachName = async (measure, list = names) => {
  const results = {};
  for (const name of list) results[name] = await measure(name);
  return results;
};

/** The best of each number, over so many rounds in which the libraries take turns: a busy machine only adds. */
async function inRounds(rounds, list, measure) {
  const best = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const name of list) {
      const sample = await measure(name);
      best[name] ??= sample;
      for (const key of Object.keys(sample)) best[name][key] = Math.min(best[name][key], sample[key]);
    }
  }
  return best;
}

function measureTokens(name) {
  return withMock(async (account, baseUrl) => {
    const countCalls = async () => Number(await (await fetch(`${baseUrl}/token-calls`)).text());
    const calls = [];
    for (const crowd of crowds) {
      const before = await countCalls();
      const { sent, failures } = await probe('tokens.mjs', name, account, crowd);
      if (sent !== crowd) throw new Error(`${name}: ${crowd - sent} of ${crowd} failed: ${failures.join('; ')}`);
      calls.push((await countCalls()) - before);
    }
    return calls;
  });
}

async function measureFaults(name) {
  const results = {};
  for (const title of Object.keys(faults)) {
    results[title] = judge(faults[title], await probe('fault.mjs', name, title));
  }
  return results;
}

export async function measureFacts(say) {
  say('token calls');
  const tokens = await forEachName(measureTokens);
  say(`${Object.keys(faults).length} faults`);
  const outcomes = await forEachName(measureFaults);
  say('what a printed error shows');
  const secrets = await forEachName((name) => probe('secrets.mjs', name));
  say('workerd');
  const edge = await forEachName(measureEdge);
  return { tokens, outcomes, secrets, edge };
}

export async function measureTimes(say, { rounds, payments }) {
  say(`${rounds} rounds of ${payments} payments`);
  const withFloor = [...names, 'bare-fetch'];
  const speed = await withMock((account) =>
    inRounds(rounds, withFloor, (name) => probe('speed.mjs', name, account, payments)),
  );
  say(`${rounds * 2} imports`);
  const imports = await inRounds(rounds * 2, names, (name) => probe('import.mjs', specifiers[name] ?? name));
  say('bundles');
  const sizes = await forEachName(measureSize);
  return { speed, imports, sizes };
}
