// For Node, Bun and Deno: a script. It must end by itself, so nothing may be left running.
import { runCases } from './run-cases.js';

console.log(JSON.stringify(await runCases()));
