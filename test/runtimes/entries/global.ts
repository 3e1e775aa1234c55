// For a page and the edge runtime: a plain script.
import { runCases } from './run-cases.js';

Object.assign(globalThis, { runCases });
